//! The one line by which Terraform learns where and how to connect.
//!
//! Exists as the only writer to standard output of a provider at work. Must be printed after the socket is
//! open, because Terraform dials at once, and nothing may come before it.

use super::listen::Address;

/// The line's own version.
const CORE: u8 = 1;
/// The plugin protocol that we speak, whatever else Terraform would have offered: it compares.
pub(super) const PROTOCOL: u8 = 5;

/// The line without its end.
pub(super) fn line(address: &Address, certificate: &str, multiplex: bool) -> String {
    let network = address.network();
    // Older clients know six fields; whoever takes a seventh says so, and is told that we do not share
    // one connection among several streams of calls.
    let seventh = if multiplex { "|false" } else { "" };
    format!("{CORE}|{PROTOCOL}|{network}|{address}|grpc|{certificate}{seventh}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_six_fields_unless_seven_were_asked_for() {
        let address = Address::Tcp(([127, 0, 0, 1], 10_000).into());
        assert_eq!(line(&address, "MIIB", false), "1|5|tcp|127.0.0.1:10000|grpc|MIIB");
        assert_eq!(line(&address, "", false), "1|5|tcp|127.0.0.1:10000|grpc|");
        assert_eq!(line(&address, "MIIB", true), "1|5|tcp|127.0.0.1:10000|grpc|MIIB|false");
    }
}
