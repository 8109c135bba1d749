//! The keys of one log: whose signature its checkpoints bear, how customers are named, and what seals their texts.
//!
//! Three secrets belong to a log: the seed of its signing key, the key that turns a source's customer numbers into
//! pseudonyms, and the *epoch key*, under which each customer's own key is wrapped. They lie in the system's keyring,
//! or in a file under a passphrase, or, where there is neither, in a file that only this account may read; which of
//! the three is told ([`custody`]). The wrapped keys lie beside the log in a small database (`store`), not in it: a
//! copy of the log is worth nothing without them, and forgetting a customer works on every copy.

pub mod custody;
pub mod pseudonym;
mod seal;
mod store;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use events::customer::Standing;

use crate::log::LogError;
use crate::verbs::Trouble;

use self::custody::{Custody, Secrets};
pub use self::pseudonym::Pseudonyms;
pub use self::seal::{Sealing, SubjectKey, open, seal};
use self::store::Store;

/// Whose signature a log's checkpoints bear.
#[derive(Clone)]
pub struct Signer {
    /// C2SP tlog-checkpoint origin: `retrace/` and 32 hexadecimal digits.
    pub origin: String,
    /// The seed of the Ed25519 key.
    pub seed: [u8; 32],
}

/// The keys of one log.
pub struct Keys {
    path: PathBuf,
    custody: Custody,
    secrets: Mutex<Secrets>,
    store: tokio::sync::Mutex<Store>,
}

/// What became of a customer's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyOf {
    /// Here it is.
    Here(SubjectKey),
    /// It is kept, and not to be used.
    Restricted,
    /// It was destroyed.
    Erased,
    /// There never was one.
    None,
}

/// What a customer's erasure destroyed, so that a scan can show that it is nowhere left.
#[derive(Debug, Default)]
pub struct Destroyed {
    /// Key bytes: the customer's own, and the epoch's under which it was wrapped.
    pub keys: Vec<Vec<u8>>,
    /// Keys of other customers wrapped anew.
    pub n_rewrapped: u64,
}

/// The folder of a log's keys.
#[must_use]
pub fn folder(log: &Path) -> PathBuf {
    let mut name = log.file_name().unwrap_or_default().to_owned();
    name.push("-keys");
    log.with_file_name(name)
}

/// A name that no log has.
///
/// # Errors
/// When the system gives no randomness.
pub fn fresh_origin() -> Result<String, LogError> {
    Ok(format!("retrace/{}", hex::encode(&custody::random()?[..16])))
}

pub(crate) fn trouble(code: Trouble, detail: impl Into<String>, path: &Path) -> LogError {
    LogError::File { code, detail: detail.into(), path: path.to_owned() }
}

impl Keys {
    /// Opens the keys of the log at `log` for its writer, and makes them when the log is new and has none.
    ///
    /// # Errors
    /// [`LogError::File`] when the keyring or the passphrase does not give them, or the files are damaged.
    pub async fn open_or_make(log: &Path) -> Result<Self, LogError> {
        let path = folder(log);
        let (custody, mut secrets) = match custody::load(&path).await? {
            Some(found) => found,
            None => custody::make(&path).await?,
        };
        let mut store = Store::open(&path, true).await?;
        if let Some(next) = secrets.next {
            // A change of epoch was cut short: the database says whether it had happened.
            if store.epoch().await? == secrets.epoch + 1 {
                secrets.wrapping = next;
                secrets.epoch += 1;
            }
            secrets.next = None;
            custody::save(&path, &custody, &secrets).await?;
        }
        Ok(Self { path, custody, secrets: Mutex::new(secrets), store: tokio::sync::Mutex::new(store) })
    }

    /// Opens the keys for a reader.
    ///
    /// # Errors
    /// [`LogError::File`] when they are not there, or the keyring or passphrase does not give them.
    pub async fn open_to_read(log: &Path) -> Result<Self, LogError> {
        let path = folder(log);
        let found = custody::load(&path).await?;
        let (custody, secrets) =
            found.ok_or_else(|| trouble(Trouble::KeysMissing, "the folder of the log's keys is not there", &path))?;
        let store = Store::open(&path, false).await?;
        Ok(Self { path, custody, secrets: Mutex::new(secrets), store: tokio::sync::Mutex::new(store) })
    }

    fn secrets(&self) -> std::sync::MutexGuard<'_, Secrets> {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Which log these belong to.
    #[must_use]
    pub fn origin(&self) -> String {
        self.secrets().origin.clone()
    }

    /// Who keeps the secrets.
    #[must_use]
    pub fn custody(&self) -> &Custody {
        &self.custody
    }

    /// Whose signature the log's checkpoints bear.
    #[must_use]
    pub fn signer(&self) -> Signer {
        let secrets = self.secrets();
        Signer { origin: secrets.origin.clone(), seed: secrets.signing }
    }

    /// How this log names customers.
    #[must_use]
    pub fn pseudonyms(&self) -> Pseudonyms {
        Pseudonyms::new(self.secrets().pseudonym)
    }

    /// The keys of these customers, each made and durable if it was not there; `None` where one was erased.
    ///
    /// # Errors
    /// What the storage says.
    pub async fn to_seal(&self, subjects: &BTreeSet<&str>) -> Result<BTreeMap<String, Option<SubjectKey>>, LogError> {
        let (wrapping, _) = self.wrapping();
        self.store.lock().await.sealing(subjects, &wrapping).await
    }

    /// The keys of these customers, as far as they may be used.
    ///
    /// # Errors
    /// What the storage says.
    pub async fn to_open(&self, subjects: &BTreeSet<&str>) -> Result<BTreeMap<String, KeyOf>, LogError> {
        let (wrapping, epoch) = self.wrapping();
        let found = self.store.lock().await.opening(subjects, &wrapping).await;
        match found {
            // Another process changed the epoch since: its secrets are read again.
            Err(_unwrappable) if self.store.lock().await.epoch().await? != epoch => {
                if let Some((_, secrets)) = custody::load(&self.path).await? {
                    *self.secrets() = secrets;
                }
                let (wrapping, _) = self.wrapping();
                self.store.lock().await.opening(subjects, &wrapping).await
            }
            other => other,
        }
    }

    fn wrapping(&self) -> ([u8; 32], u64) {
        let secrets = self.secrets();
        (secrets.wrapping, secrets.epoch)
    }

    /// Folds what was written of the keys into their one file, so that a copy of it is whole.
    ///
    /// # Errors
    /// What the storage says.
    pub async fn settle(&self) -> Result<(), LogError> {
        self.store.lock().await.settle().await
    }

    /// Writes down a customer's standing; erasing goes through [`Keys::erase`].
    ///
    /// # Errors
    /// What the storage says.
    pub async fn set_standing(&self, subject: &str, standing: Standing) -> Result<(), LogError> {
        match standing {
            Standing::Erased => self.erase(subject).await.map(|_destroyed| ()),
            Standing::Active | Standing::Restricted => {
                let (wrapping, _) = self.wrapping();
                self.store.lock().await.set_standing(subject, standing, &wrapping).await
            }
        }
    }

    /// Destroys a customer's key for good and changes the epoch, so that old copies of wrapped keys are worth nothing.
    ///
    /// Crash-safe: cut short at any point, it is completed by the next call or undone by the next opening, and the
    /// erasure that is in the log asks for it again.
    ///
    /// # Errors
    /// What the storage or the keyring says.
    pub async fn erase(&self, subject: &str) -> Result<Destroyed, LogError> {
        let mut store = self.store.lock().await;
        let (old, epoch) = self.wrapping();
        let subjects = BTreeSet::from([subject]);
        if store.opening(&subjects, &old).await?.get(subject) == Some(&KeyOf::Erased) {
            store.scrub().await?;
            return Ok(Destroyed::default());
        }
        let new = custody::random()?;
        let mut changing = self.secrets().clone();
        changing.next = Some(new);
        custody::save(&self.path, &self.custody, &changing).await?;
        let mut destroyed = store.change_epoch(subject, &old, &new, epoch + 1).await?;
        (changing.wrapping, changing.epoch, changing.next) = (new, epoch + 1, None);
        custody::save(&self.path, &self.custody, &changing).await?;
        *self.secrets() = changing;
        store.scrub().await?;
        destroyed.keys.push(old.to_vec());
        Ok(destroyed)
    }
}
