//! Who keeps a log's secrets: the system's keyring, a passphrase, or a file's rights.
//!
//! What is chosen is written beside the log once, when it is made. `RETRACE_KEYS` (`keyring`, `passphrase`, `file`)
//! chooses; when it is not set, a passphrase in the environment is taken, then a keyring that answers, and else the
//! file, which is told as a warning: whoever may read this account's files may then read the texts.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::seal::{opened, sealed};
use super::trouble;
use crate::log::LogError;
use crate::log::sqlite::of_io;
use crate::private::{private_file, private_folder};
use crate::verbs::Trouble;

/// The file in a log's folder of keys that says who keeps them.
const FILE: &str = "secrets.json";
/// What the keyring calls us.
const SERVICE: &str = "retrace";
/// How long a keyring that nobody asked for may take to answer.
const KEYRING_PROBE: Duration = Duration::from_secs(10);
/// How long a person may take to unlock the keyring.
const KEYRING_UNLOCK: Duration = Duration::from_secs(120);
/// argon2id: memory in KiB, passes, lanes. RFC 9106's second choice is 64 MiB and 3 passes.
const ARGON2: (u32, u32, u32) = (64 * 1024, 3, 4);

/// The secrets of one log.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub struct Secrets {
    /// Which log: `retrace/` and 32 hexadecimal digits.
    pub(super) origin: String,
    /// The seed of the Ed25519 key that signs checkpoints.
    pub(super) signing: [u8; 32],
    /// The key of customers' pseudonyms.
    pub(super) pseudonym: [u8; 32],
    /// How often the epoch key was changed.
    pub(super) epoch: u64,
    /// The epoch key: customers' keys are wrapped under it.
    pub(super) wrapping: [u8; 32],
    /// The next epoch's, while it is being changed.
    pub(super) next: Option<[u8; 32]>,
}

/// Who keeps the secrets, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Keeper {
    /// The system's keyring.
    Keyring,
    /// A passphrase that a person knows.
    Passphrase,
    /// The rights of a file.
    File,
}

/// Who keeps the secrets, and what it takes to write them again.
pub enum Custody {
    /// The system's keyring.
    Keyring,
    /// A passphrase, of which the derived key is held.
    Passphrase {
        /// argon2id of the passphrase.
        key: Zeroizing<[u8; 32]>,
        /// Its salt.
        salt: [u8; 16],
        /// Its cost: memory in KiB, passes, lanes.
        cost: (u32, u32, u32),
    },
    /// The rights of a file.
    File,
}

impl Custody {
    /// In a word.
    #[must_use]
    pub fn keeper(&self) -> Keeper {
        match self {
            Self::Keyring => Keeper::Keyring,
            Self::Passphrase { .. } => Keeper::Passphrase,
            Self::File => Keeper::File,
        }
    }
}

/// What stands in the file.
#[derive(Serialize, Deserialize)]
#[serde(tag = "keeper", rename_all = "snake_case")]
enum Kept {
    Keyring { origin: String },
    Passphrase { origin: String, salt: String, cost: (u32, u32, u32), sealed: String },
    File { origin: String, secrets: String },
}

/// 32 random bytes.
pub(super) fn random() -> Result<[u8; 32], LogError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| trouble(Trouble::KeysLocked, error.to_string(), Path::new("")))?;
    Ok(bytes)
}

/// The secrets in a folder of keys, if there are any.
pub(super) async fn load(folder: &Path) -> Result<Option<(Custody, Secrets)>, LogError> {
    let path = folder.join(FILE);
    let text = match std::fs::read(&path) {
        Ok(text) => Zeroizing::new(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(trouble(Trouble::KeysLocked, error.to_string(), &path)),
    };
    let damaged = |what: &str| trouble(Trouble::KeysDamaged, what, &path);
    let kept: Kept = serde_json::from_slice(&text).map_err(|error| damaged(&events::codec::place(&error)))?;
    let (custody, origin, bytes) = match kept {
        Kept::File { origin, secrets } => {
            let bytes = hex::decode(secrets).map_err(|_not_hex| damaged("the secrets are not hexadecimal"))?;
            (Custody::File, origin, bytes)
        }
        Kept::Keyring { origin } => {
            let bytes = from_keyring(origin.clone()).await.map_err(|why| trouble(Trouble::KeysLocked, why, &path))?;
            (Custody::Keyring, origin, bytes)
        }
        Kept::Passphrase { origin, salt, cost, sealed } => {
            let salt = hex::decode(salt).ok().and_then(|salt| salt.try_into().ok()).ok_or_else(|| damaged("the salt"))?;
            let sealed = hex::decode(sealed).map_err(|_not_hex| damaged("the secrets are not hexadecimal"))?;
            let passphrase = passphrase().ok_or_else(|| trouble(Trouble::KeysLocked, "the passphrase is wanted", &path))?;
            let key = derived(&passphrase, &salt, cost).map_err(|why| damaged(&why))?;
            let bytes = opened(&key, origin.as_bytes(), &sealed)
                .ok_or_else(|| trouble(Trouble::KeysLocked, "this is not the passphrase", &path))?;
            (Custody::Passphrase { key, salt, cost }, origin, bytes)
        }
    };
    let secrets: Secrets = postcard::from_bytes(&Zeroizing::new(bytes)).map_err(|error| damaged(&error.to_string()))?;
    if secrets.origin != origin {
        return Err(damaged("the secrets are another log's"));
    }
    Ok(Some((custody, secrets)))
}

/// Makes the secrets of a new log and puts them into somebody's keeping.
pub(super) async fn make(folder: &Path) -> Result<(Custody, Secrets), LogError> {
    let (signing, pseudonym, wrapping) = (random()?, random()?, random()?);
    let origin = format!("retrace/{}", hex::encode(&random()?[..16]));
    let secrets = Secrets { origin, signing, pseudonym, epoch: 0, wrapping, next: None };
    let custody = chosen(folder).await?;
    if let (Custody::File, false) = (&custody, asked() == Some(Keeper::File)) {
        tracing::warn!(
            "no keyring answers here and no passphrase is set: this log's keys lie in {}, guarded only by the rights of the \
             file. Set RETRACE_PASSPHRASE_FILE or run a keyring before making a log that matters; RETRACE_KEYS=file silences this.",
            folder.display()
        );
    }
    save(folder, &custody, &secrets).await?;
    Ok((custody, secrets))
}

fn asked() -> Option<Keeper> {
    match std::env::var("RETRACE_KEYS").ok()?.as_str() {
        "keyring" => Some(Keeper::Keyring),
        "passphrase" => Some(Keeper::Passphrase),
        "file" => Some(Keeper::File),
        _ => None,
    }
}

async fn chosen(folder: &Path) -> Result<Custody, LogError> {
    let with_passphrase = |passphrase: &str| -> Result<Custody, LogError> {
        let salt: [u8; 16] = random()?[..16].try_into().expect("16 of 32 bytes");
        let key = derived(passphrase, &salt, ARGON2).map_err(|why| trouble(Trouble::KeysLocked, why, folder))?;
        Ok(Custody::Passphrase { key, salt, cost: ARGON2 })
    };
    match asked() {
        Some(Keeper::File) => Ok(Custody::File),
        Some(Keeper::Keyring) => Ok(Custody::Keyring),
        Some(Keeper::Passphrase) => {
            let passphrase = passphrase().ok_or_else(|| trouble(Trouble::KeysLocked, "a passphrase is wanted", folder))?;
            with_passphrase(&passphrase)
        }
        None => match of_environment() {
            Some(passphrase) => with_passphrase(&passphrase),
            None if keyring_answers().await => Ok(Custody::Keyring),
            None => Ok(Custody::File),
        },
    }
}

/// Writes secrets down, in one step: after a crash the old ones are there or the new ones.
pub(super) async fn save(folder: &Path, custody: &Custody, secrets: &Secrets) -> Result<(), LogError> {
    let of_io = |error: std::io::Error| of_io(&error, folder);
    private_folder(folder).map_err(of_io)?;
    let bytes = Zeroizing::new(postcard::to_stdvec(secrets).expect("secrets are plain data"));
    let origin = secrets.origin.clone();
    let kept = match custody {
        Custody::File => Kept::File { origin, secrets: hex::encode(&*bytes) },
        Custody::Keyring => {
            let into = into_keyring(origin.clone(), bytes).await;
            into.map_err(|why| trouble(Trouble::KeysLocked, why, folder))?;
            Kept::Keyring { origin }
        }
        Custody::Passphrase { key, salt, cost } => {
            let sealed = sealed(key, origin.as_bytes(), &bytes);
            let sealed = sealed.map_err(|error| trouble(Trouble::KeysLocked, error.to_string(), folder))?;
            Kept::Passphrase { origin, salt: hex::encode(salt), cost: *cost, sealed: hex::encode(sealed) }
        }
    };
    let text = Zeroizing::new(serde_json::to_vec(&kept).expect("plain data"));
    let (path, unfinished) = (folder.join(FILE), folder.join("secrets.unfinished"));
    let write = || -> std::io::Result<()> {
        let mut file = private_file(&unfinished)?;
        file.write_all(&text)?;
        file.sync_all()?;
        std::fs::rename(&unfinished, &path)?;
        std::fs::File::open(folder)?.sync_all()
    };
    write().map_err(of_io)
}

fn of_environment() -> Option<Zeroizing<String>> {
    if let Ok(passphrase) = std::env::var("RETRACE_PASSPHRASE") {
        return Some(Zeroizing::new(passphrase)).filter(|passphrase| !passphrase.is_empty());
    }
    let text = std::fs::read_to_string(std::env::var_os("RETRACE_PASSPHRASE_FILE")?).ok()?;
    Some(Zeroizing::new(text.trim_end_matches(['\n', '\r']).to_owned())).filter(|passphrase| !passphrase.is_empty())
}

/// The passphrase from the environment, or from a person at a terminal.
fn passphrase() -> Option<Zeroizing<String>> {
    use std::io::IsTerminal;
    of_environment().or_else(|| {
        let asked = std::io::stderr().is_terminal().then(|| rpassword::prompt_password("Passphrase of the log's keys: "));
        asked?.ok().map(Zeroizing::new).filter(|passphrase| !passphrase.is_empty())
    })
}

fn derived(passphrase: &str, salt: &[u8; 16], (memory, passes, lanes): (u32, u32, u32)) -> Result<Zeroizing<[u8; 32]>, String> {
    let params = Params::new(memory, passes, lanes, Some(32)).map_err(|error| error.to_string())?;
    let mut key = Zeroizing::new([0; 32]);
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password_into(passphrase.as_bytes(), salt, key.as_mut_slice()).map_err(|error| error.to_string())?;
    Ok(key)
}

/// Asks the keyring on a thread of its own: it may wait for a person, and must not keep the program waiting for ever.
async fn keyring<T: Send + 'static>(
    patience: Duration,
    ask: impl FnOnce() -> Result<T, keyring::Error> + Send + 'static,
) -> Result<T, String> {
    let (to, answer) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || to.send(ask()).ok());
    match tokio::time::timeout(patience, answer).await {
        Ok(Ok(answer)) => answer.map_err(|error| format!("the keyring says: {error}")),
        Ok(Err(_)) | Err(_) => Err("the keyring does not answer".to_owned()),
    }
}

async fn keyring_answers() -> bool {
    // Without a session bus a client would start one of its own, with nobody behind it.
    if cfg!(all(unix, not(target_os = "macos"))) && std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_none() {
        return false;
    }
    let ask = || match keyring::Entry::new(SERVICE, "probe")?.get_secret() {
        Ok(_) | Err(keyring::Error::NoEntry) => Ok(()),
        Err(error) => Err(error),
    };
    keyring(KEYRING_PROBE, ask).await.is_ok()
}

async fn from_keyring(origin: String) -> Result<Vec<u8>, String> {
    keyring(KEYRING_UNLOCK, move || keyring::Entry::new(SERVICE, &origin)?.get_secret()).await
}

async fn into_keyring(origin: String, bytes: Zeroizing<Vec<u8>>) -> Result<(), String> {
    keyring(KEYRING_UNLOCK, move || keyring::Entry::new(SERVICE, &origin)?.set_secret(&bytes)).await
}
