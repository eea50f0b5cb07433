//! The hub's identity that outlives it: id scope, group keys, policy keys and the authority's key.
//!
//! Kept in `hub.json` of the data folder, readable by its owner only. Begin with [`Settings::load`].

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::HubError;
use crate::sas::Key;
use crate::tls::Authority;

/// The shared access policies of a hub and its provisioning service (protocol reference, section 5.1).
pub(crate) const POLICIES: [&str; 6] =
    ["iothubowner", "service", "registryRead", "registryReadWrite", "device", "provisioningserviceowner"];

/// What is kept in `hub.json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Settings {
    pub(crate) id_scope: String,
    pub(crate) group_primary: Key,
    pub(crate) group_secondary: Key,
    /// The policies' primary keys.
    pub(crate) policies: BTreeMap<String, Key>,
    /// Their secondary keys, which take over while a primary one is replaced.
    #[serde(default)]
    pub(crate) secondary_policies: BTreeMap<String, Key>,
    pub(crate) authority: Authority,
    /// Where it is kept.
    #[serde(skip)]
    folder: PathBuf,
}

impl Settings {
    /// Reads the settings of a data folder, or makes and writes them; renews an old authority.
    pub(crate) fn load(folder: &Path, now: jiff::Timestamp) -> Result<Self, HubError> {
        let settings = Self::read_or_make(folder, now)?;
        Ok(Self { folder: std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned()), ..settings })
    }

    /// Where the certificate of the authority is kept, which devices are to trust.
    pub(crate) fn ca_file(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    fn read_or_make(folder: &Path, now: jiff::Timestamp) -> Result<Self, HubError> {
        let path = folder.join("hub.json");
        let settings = match fs::read(&path) {
            Ok(bytes) => {
                let mut settings: Self = serde_json::from_slice(&bytes)
                    .map_err(|error| HubError::Damaged { path: path.clone(), reason: error.to_string() })?;
                let [first, second] =
                    [&mut settings.policies, &mut settings.secondary_policies].map(complete);
                let is_whole = !first? & !second?;
                let is_old = settings.authority.is_near_expiry(now);
                if is_whole && !is_old {
                    return Ok(settings);
                }
                if is_old {
                    settings.authority = Authority::create(now)?;
                }
                settings
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Self::create(now)?,
            Err(error) => return Err(HubError::file("cannot read", path)(error)),
        };
        let json = serde_json::to_vec_pretty(&settings).map_err(|error| HubError::Tls(error.to_string()))?;
        write_private(&path, &json)?;
        Ok(settings)
    }

    fn create(now: jiff::Timestamp) -> Result<Self, HubError> {
        let key = || Key::random().map_err(|error| HubError::Tls(error.to_string()));
        let id_scope = format!("0ne{:08X}", fastrand::u32(..));
        Ok(Self {
            id_scope,
            group_primary: key()?,
            group_secondary: key()?,
            policies: policy_keys()?,
            secondary_policies: policy_keys()?,
            authority: Authority::create(now)?,
            folder: PathBuf::new(),
        })
    }

    /// Both keys of a policy.
    pub(crate) fn policy_keys(&self, policy: &str) -> Option<impl Iterator<Item = &Key>> {
        let primary = self.policies.get(policy)?;
        Some([Some(primary), self.secondary_policies.get(policy)].into_iter().flatten())
    }
}

fn policy_keys() -> Result<BTreeMap<String, Key>, HubError> {
    let mut keys = BTreeMap::new();
    complete(&mut keys)?;
    Ok(keys)
}

/// Makes keys for policies that have none, as an older hub left them; answers whether there were any.
fn complete(keys: &mut BTreeMap<String, Key>) -> Result<bool, HubError> {
    let before = keys.len();
    for name in POLICIES.iter().filter(|name| !keys.contains_key(**name)).collect::<Vec<_>>() {
        let key = Key::random().map_err(|error| HubError::Tls(error.to_string()))?;
        keys.insert((*name).to_owned(), key);
    }
    Ok(keys.len() > before)
}

/// Writes a file only its owner can read, whole or not at all.
fn write_private(path: &Path, bytes: &[u8]) -> Result<(), HubError> {
    let part = path.with_extension("part");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&part).map_err(HubError::file("cannot write", &part))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(HubError::file("cannot write", &part))?;
    fs::rename(&part, path).map_err(HubError::file("cannot write", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_start_finds_the_same_keys() {
        let folder = tempfile::tempdir().unwrap();
        let now = jiff::Timestamp::now();
        let first = Settings::load(folder.path(), now).unwrap();
        let second = Settings::load(folder.path(), now).unwrap();
        assert_eq!(first.group_primary, second.group_primary);
        assert_eq!(first.id_scope, second.id_scope);
        assert_eq!(first.authority.ca_pem(), second.authority.ca_pem());
    }

    #[test]
    fn a_damaged_file_is_named_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("hub.json"), "{").unwrap();
        let error = Settings::load(folder.path(), jiff::Timestamp::now()).unwrap_err();
        assert!(matches!(error, HubError::Damaged { .. }), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_read_the_keys() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        Settings::load(folder.path(), jiff::Timestamp::now()).unwrap();
        let mode = fs::metadata(folder.path().join("hub.json")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
