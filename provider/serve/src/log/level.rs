//! How much Terraform wants to hear, from the variables that it passes on unchanged.
//!
//! Exists to say once which variable wins. Must never read the environment itself.

use std::ffi::OsString;
use tracing::metadata::LevelFilter;

/// How much to write: nothing, or everything from a threshold on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level(LevelFilter);

impl Level {
    /// Write nothing.
    pub const OFF: Self = Self(LevelFilter::OFF);

    /// The level for a provider: its own variable wins over that of all providers, and that over `TF_LOG`.
    pub fn read(provider: &str, variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let own = format!("TF_LOG_PROVIDER_{}", provider.to_uppercase().replace('-', "_"));
        [own.as_str(), "TF_LOG_PROVIDER", "TF_LOG"]
            .into_iter()
            .find_map(|name| variable(name).filter(|value| !value.is_empty()))
            .map_or(Self::OFF, |value| Self::parse(&value.to_string_lossy()))
    }

    /// Everything that is not a level's name means "all there is": who sets the variable wants to see something.
    fn parse(value: &str) -> Self {
        Self(match value.trim().to_uppercase().as_str() {
            "OFF" => LevelFilter::OFF,
            "ERROR" => LevelFilter::ERROR,
            "WARN" => LevelFilter::WARN,
            "INFO" => LevelFilter::INFO,
            "DEBUG" => LevelFilter::DEBUG,
            _ => LevelFilter::TRACE,
        })
    }

    /// The least important level that is written, if any is.
    pub(super) fn threshold(self) -> Option<tracing::Level> {
        self.0.into_level()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Level {
        Level::read("my-cloud", |name| {
            variables.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn the_most_particular_variable_wins() {
        assert_eq!(read(&[]), Level::OFF);
        assert_eq!(read(&[("TF_LOG", "debug")]), Level(LevelFilter::DEBUG));
        assert_eq!(read(&[("TF_LOG", "debug"), ("TF_LOG_PROVIDER", "ERROR")]), Level(LevelFilter::ERROR));
        let all = [("TF_LOG", "debug"), ("TF_LOG_PROVIDER", "error"), ("TF_LOG_PROVIDER_MY_CLOUD", "Off")];
        assert_eq!(read(&all), Level::OFF);
    }

    #[test]
    fn an_empty_variable_is_no_variable() {
        assert_eq!(read(&[("TF_LOG_PROVIDER", ""), ("TF_LOG", "info")]), Level(LevelFilter::INFO));
    }

    #[test]
    fn what_is_no_level_means_everything() {
        for value in ["TRACE", "JSON", "yes", "1"] {
            assert_eq!(read(&[("TF_LOG", value)]), Level(LevelFilter::TRACE), "{value}");
        }
    }
}
