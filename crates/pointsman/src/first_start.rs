//! The data folder: made at the first start, locked by one server at a time, keeper of the master key and of the
//! admin token's digest. And what the first start tells a person.

use crate::config::{ConfigError, Data};
use access::Digest;
use secrecy::{ExposeSecret as _, SecretString};
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

const KEY_FILE: &str = "master.key";
const TOKEN_FILE: &str = "admin-token.sha256";
const LOCK_FILE: &str = "lock";

/// The data folder.
#[derive(Debug)]
pub(crate) struct Home {
    dir: PathBuf,
}

/// The exclusive use of a data folder; given back when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

/// The key that seals what is stored.
#[derive(Debug)]
pub(crate) struct Key {
    /// It.
    pub(crate) key: store::MasterKey,
    /// The key file made just now, to be taken away again when the database turns out to be sealed with another key.
    made: Option<PathBuf>,
}

/// The admin token: its digest, and the secret if it is new and nobody has seen it.
#[derive(Debug)]
pub(crate) struct Admin {
    /// What requests are compared with.
    pub(crate) digest: Digest,
    /// To be shown once.
    pub(crate) fresh: Option<SecretString>,
}

impl Home {
    /// Makes the folder if there is none, for this user only.
    pub(crate) fn open(data: &Data) -> Result<Self, ConfigError> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&data.dir);
        made.map_err(|error| failed(&data.dir, "cannot be made", &error))?;
        Ok(Self { dir: data.dir.clone() })
    }

    /// The folder.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Whether no server has used the folder yet.
    pub(crate) fn is_new(&self) -> bool {
        !self.dir.join(LOCK_FILE).exists()
    }

    /// Takes the folder for this server: two would spoil each other's counts.
    pub(crate) fn lock(&self) -> Result<Lock, ConfigError> {
        let path = self.dir.join(LOCK_FILE);
        let file = private(OpenOptions::new().create(true).truncate(false)).open(&path);
        let file = file.map_err(|error| failed(&path, "cannot be opened", &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Lock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(ConfigError::new(
                &self.dir.display().to_string(),
                "another server is using this data folder; stop it, or set another data_dir",
            )),
            Err(TryLockError::Error(error)) => Err(failed(&path, "cannot be locked", &error)),
        }
    }

    /// The configured master key, else the one in the key file, which is made when there is none.
    pub(crate) fn master_key(&self, data: &Data) -> Result<Key, ConfigError> {
        if let Some(key) = &data.master_key {
            let key = store::MasterKey::parse(key.expose_secret());
            return key.map(|key| Key { key, made: None }).ok_or_else(|| {
                ConfigError::new("master_key", "must be 32 bytes as 64 hex digits or base64")
            });
        }
        let path = self.dir.join(KEY_FILE);
        if let Some(text) = read(&path)? {
            let key = store::MasterKey::parse(&text);
            return key.map(|key| Key { key, made: None }).ok_or_else(|| {
                ConfigError::new(
                    &path.display().to_string(),
                    "does not hold 64 hex digits; restore it from a backup",
                )
            });
        }
        let key = store::MasterKey::generate();
        write_private(&path, key.to_hex().expose_secret())?;
        Ok(Key { key, made: Some(path) })
    }

    /// The configured admin token, else the one whose digest is kept here, else a new one.
    pub(crate) fn admin(&self, configured: Option<&SecretString>) -> Result<Admin, ConfigError> {
        if let Some(secret) = configured {
            return Ok(Admin { digest: Digest::of(secret.expose_secret()), fresh: None });
        }
        let path = self.dir.join(TOKEN_FILE);
        let Some(text) = read(&path)? else {
            let secret = access::new_secret();
            return Ok(Admin { digest: Digest::of(secret.expose_secret()), fresh: Some(secret) });
        };
        let mut digest = [0; 32];
        hex::decode_to_slice(text.trim(), &mut digest).map_err(|_| {
            ConfigError::new(
                &path.display().to_string(),
                "does not hold a SHA-256 digest; delete it for a new admin token",
            )
        })?;
        Ok(Admin { digest: Digest(digest), fresh: None })
    }

    /// Keeps a new token's digest; called just before the token is shown, so that no unseen token is in force.
    pub(crate) fn keep(&self, admin: &Admin) -> Result<(), ConfigError> {
        if admin.fresh.is_none() {
            return Ok(());
        }
        write_private(&self.dir.join(TOKEN_FILE), &hex::encode(admin.digest.0))
    }
}

impl Key {
    /// The database has refused this key: one made for it just now is of no use and would hide that the right one is missing.
    pub(crate) fn forget(&self) {
        if let Some(path) = &self.made
            && let Err(error) = std::fs::remove_file(path)
        {
            tracing::warn!(%error, "a key file of no use could not be removed");
        }
    }
}

fn read(path: &Path) -> Result<Option<String>, ConfigError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(path, "cannot be read", &error)),
    }
}

/// Whole or not at all, readable by this user only.
fn write_private(path: &Path, text: &str) -> Result<(), ConfigError> {
    let partial = path.with_extension("new");
    let write = || -> io::Result<()> {
        let mut file = private(OpenOptions::new().create(true).truncate(true)).open(&partial)?;
        file.write_all(text.as_bytes())?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        std::fs::rename(&partial, path)?;
        path.parent().map_or(Ok(()), |dir| File::open(dir)?.sync_all())
    };
    write().map_err(|error| failed(path, "cannot be written", &error))
}

fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options.write(true).mode(0o600)
}

fn failed(path: &Path, what: &str, error: &io::Error) -> ConfigError {
    ConfigError::new(&path.display().to_string(), format!("{what}: {error}"))
}

/// What a start tells a person on standard output; the first line of it is read by programs, too.
#[derive(Debug)]
pub(crate) struct Greeting<'a> {
    /// `http://127.0.0.1:8787`.
    pub(crate) url: &'a str,
    /// Management, when it is elsewhere.
    pub(crate) admin_url: Option<&'a str>,
    /// A token made just now.
    pub(crate) token: Option<&'a SecretString>,
    /// The database was made just now.
    pub(crate) first: bool,
    /// Calls need a token.
    pub(crate) authentication: bool,
    /// The account in the path.
    pub(crate) account: &'a str,
    /// What to call.
    pub(crate) model: &'a str,
}

impl Greeting<'_> {
    /// The text. A configured token is never in it.
    pub(crate) fn text(&self) -> String {
        let mut text = format!("listening on {}\n", self.url);
        if let Some(url) = self.admin_url {
            text.push_str(&format!("management on {url}\n"));
        }
        if let Some(token) = self.token {
            text.push_str("\nAdmin token, shown only now:\n\n    ");
            text.push_str(token.expose_secret());
            text.push('\n');
        }
        if self.first || self.token.is_some() {
            text.push_str("\nTry it:\n\n");
            text.push_str(&self.curl());
            text.push('\n');
        }
        text
    }

    fn curl(&self) -> String {
        let credential = match (self.authentication, self.token) {
            (false, _) => String::new(),
            (true, Some(token)) => {
                format!("      -H 'cf-aig-authorization: Bearer {}' \\\n", token.expose_secret())
            }
            (true, None) => {
                "      -H \"cf-aig-authorization: Bearer $POINTSMAN_ADMIN_TOKEN\" \\\n".to_owned()
            }
        };
        format!(
            "    curl {}/v1/{}/default/compat/chat/completions \\\n{credential}      \
             -H 'content-type: application/json' \\\n      \
             -d '{{\"model\": \"{}\", \"messages\": [{{\"role\": \"user\", \"content\": \"Hello, pointsman\"}}]}}'\n",
            self.url, self.account, self.model
        )
    }
}

#[cfg(test)]
mod tests;
