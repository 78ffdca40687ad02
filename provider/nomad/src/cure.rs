//! What to do about the refusals that people meet most, as one table.
//!
//! Must never guess: a refusal that is not in the table has no cure.

use crate::error::Problem;

/// A sign in the server's words (in lower case), the status it comes with, and what helps.
type Row = (Option<u16>, &'static str, &'static str);

const REFUSED: &[Row] = &[
    (
        None,
        "enforcing job modify index",
        "The job was changed by somebody else after it was looked at; nothing was overwritten. Look at the change, then plan and apply again",
    ),
    (
        None,
        "acl bootstrap already done",
        "The cluster has its first token already: use it, or reset the bootstrap as Nomad's documentation describes",
    ),
    (
        None,
        "acl bootstrap no longer allowed",
        "The cluster has its first token already: use it, or reset the bootstrap as Consul's documentation describes",
    ),
    (
        None,
        "acl token not found",
        "The token is unknown there: it was deleted, or it belongs to another cluster",
    ),
    (None, "acl token expired", "The token has expired: give a new one"),
    (
        None,
        "permission denied",
        "The token, or the lack of one, does not permit this: give a token whose policies do",
    ),
    (None, "acl not found", "The token is unknown there: it was deleted, or it belongs to another cluster"),
    (
        None,
        "acl support disabled",
        "Access control is off there: turn it on in the agents' configuration first",
    ),
    (None, "no path to region", "The servers know no such region: correct `region`, or federate the two"),
    (None, "no cluster leader", "The servers have no leader: most of them must run and reach each other"),
    (None, "non-terminal jobs", "Jobs still run in the namespace: stop them first"),
    (None, "nonexistent namespace", "Create the namespace first, or correct its name"),
    (None, "namespace not found", "Create the namespace first, or correct its name"),
    (None, "nonexistent node pool", "Create the node pool first, or correct its name"),
    (None, "node pool not found", "Create the node pool first, or correct its name"),
    (None, "error(s) occurred", "The server finds what was sent invalid: correct what it lists"),
    (None, "error occurred", "The server finds what was sent invalid: correct what it lists"),
    (
        None,
        "client sent an http request to an https server",
        "It speaks TLS: write `https://` in the address",
    ),
    (Some(301), "", "Something in front of it redirects: write the address it redirects to"),
    (Some(302), "", "Something in front of it redirects: write the address it redirects to"),
    (Some(307), "", "Something in front of it redirects: write the address it redirects to"),
    (Some(308), "", "Something in front of it redirects: write the address it redirects to"),
    (Some(401), "", "Something in front of it wants other credentials than a token"),
    (Some(403), "", "The token, or the lack of one, does not permit this: give a token whose policies do"),
    (Some(405), "", "It does not know this call: it is too old, or not what the address was thought to be"),
    (
        Some(409),
        "variable",
        "Somebody else has changed the variable since it was looked at; nothing was overwritten. Look at it again",
    ),
    (Some(413), "", "The request is too large for it, or for a proxy in front of it"),
    (Some(429), "", "It has more requests than it takes: try again later, or raise its limits"),
    (Some(502), "", "A proxy in front of it cannot reach it"),
    (Some(503), "", "It is out of service: try again later"),
    (Some(504), "", "A proxy in front of it gave up waiting for it"),
];

const TLS: &[(&str, &str)] = &[
    ("unknown authority", "Give the CA that signed its certificate (`ca_pem`); behind a proxy, the proxy's"),
    (
        "another name",
        "Name the server as its certificate does: `server.<region>.nomad` in `tls_server_name`, or an address that the certificate covers",
    ),
    ("expired", "Renew the certificate, and check the clocks of both sides"),
    ("not yet valid", "Check the clocks of both sides"),
    ("plain http", "It does not speak TLS: write `http://` in the address, or turn TLS on there"),
    (
        "refused our certificate",
        "Give a client certificate and key that its CA signed (`client_cert_pem`, `client_key_pem`)",
    ),
    (
        "wants a client certificate",
        "Give a client certificate and key that its CA signed (`client_cert_pem`, `client_key_pem`)",
    ),
];

const UNREACHABLE: &[(&str, &str)] = &[
    ("no address is known", "Give at least one address"),
    ("refused", "Check that it runs and that address and port are right"),
    ("no such file", "Check that it runs and that the path of its socket is right"),
    ("does not resolve", "Check the host's name and this machine's DNS"),
    ("within", "Check the address and the firewalls between here and there"),
    ("unreachable", "Check the address and the routes between here and there"),
];

/// What to do about a problem, if we know.
pub(crate) fn of(product: &str, problem: &Problem) -> Option<&'static str> {
    match problem {
        Problem::Refused { status, text, .. } => refused(*status, &text.to_lowercase()),
        Problem::Tls { why, .. } => by_sign(TLS, why),
        Problem::Unreachable(_) => by_sign(UNREACHABLE, &problem.to_string()),
        Problem::TimedOut { .. } | Problem::Broken { .. } => {
            Some("Try again; if it stays so, look at the server's own log")
        }
        Problem::Malformed { .. } if product == "Nomad" => {
            Some("Check that the address is a Nomad agent's, of version 1.6 or newer")
        }
        Problem::Malformed { .. } => Some("Check that the address is a Consul agent's"),
        Problem::TooLarge { .. } | Problem::Unusable(_) => None,
    }
}

fn refused(status: u16, text: &str) -> Option<&'static str> {
    let fits = |row: &&Row| row.0.is_none_or(|wanted| wanted == status) && text.contains(row.1);
    REFUSED.iter().find(fits).map(|row| row.2)
}

fn by_sign(table: &[(&str, &'static str)], text: &str) -> Option<&'static str> {
    table.iter().find(|(sign, _)| text.contains(sign)).map(|(_, cure)| *cure)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cure(status: u16, text: &str) -> &'static str {
        let problem = Problem::Refused { address: String::new(), status, text: text.to_owned() };
        of("Nomad", &problem).unwrap_or_default()
    }

    #[test]
    fn the_words_count_before_the_status() {
        assert!(cure(403, "ACL token expired").contains("expired"));
        assert!(cure(403, "Permission denied").contains("policies"));
        assert!(cure(403, "something else").contains("policies"));
        assert!(cure(500, "No path to region \"x\"").contains("region"));
        assert_eq!(cure(500, "something else"), "");
    }

    #[test]
    fn every_sign_is_in_lower_case_because_texts_are_compared_so() {
        for (_, sign, cure) in REFUSED {
            assert_eq!(*sign, sign.to_lowercase());
            assert!(!cure.is_empty() && !cure.ends_with('.'), "{cure}");
        }
    }
}
