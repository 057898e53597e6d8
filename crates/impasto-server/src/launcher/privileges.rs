//! Who a worker is: the master binds as root, workers serve as somebody else.

use std::ffi::CString;
use std::io;

use impasto::SettingError;
use nix::unistd::{Gid, Group, Uid, User};
use nix::unistd::{geteuid, getgrouplist, setgroups, setresgid, setresuid};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde::{Deserialize, Serialize};

/// A user with groups, in numbers: a worker needs no user database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    uid: u32,
    gid: u32,
    groups: Vec<u32>,
}

impl Identity {
    /// Who the settings `user` and `group` mean, by name or number. `None` when there is nobody to
    /// become: neither is set, or this process is it already.
    ///
    /// A user without a group has its groups of the user database.
    ///
    /// # Errors
    ///
    /// For one that does not exist, and where this process cannot become anybody.
    pub(crate) fn resolve(
        user: Option<&str>,
        group: Option<&str>,
    ) -> Result<Option<Identity>, SettingError> {
        let user = user.map(find_user).transpose()?;
        let group = group.map(find_group).transpose()?;
        let identity = match (&user, group) {
            (None, None) => return Ok(None),
            (Some(user), group) => user.identity(group)?,
            (None, Some(group)) => {
                let gid = group.as_raw();
                Identity { uid: geteuid().as_raw(), gid, groups: vec![gid] }
            }
        };
        if geteuid().is_root() {
            return Ok(Some(identity));
        }
        if identity.is_of_this_process() {
            return Ok(None);
        }
        let key = if user.is_some() { "user" } else { "group" };
        Err(SettingError::new(key, "cannot be changed to by a process that is not root's")
            .help("start as root, or as that user without this setting"))
    }

    /// Whether this process is it already, whatever other groups that has.
    pub(crate) fn is_of_this_process(&self) -> bool {
        (geteuid().as_raw(), nix::unistd::getegid().as_raw()) == (self.uid, self.gid)
    }

    /// Whether this process may become somebody else, and these settings ask for it.
    pub(crate) fn is_changed(user: Option<&str>, group: Option<&str>) -> bool {
        geteuid().is_root() && (user.is_some() || group.is_some())
    }

    /// Becomes it, for good. Nothing that this process may do as root is left afterwards.
    ///
    /// To be called before there are threads. It also takes back that the process is to die with its
    /// parent, and makes its files in `/proc` root's.
    ///
    /// # Errors
    ///
    /// When the system refuses; the process must not go on then.
    pub(crate) fn assume(&self) -> io::Result<()> {
        let (uid, gid) = (Uid::from_raw(self.uid), Gid::from_raw(self.gid));
        let groups: Vec<Gid> = self.groups.iter().copied().map(Gid::from_raw).collect();
        // In this order: without the user's rights the groups could no longer be changed.
        setgroups(&groups)?;
        setresgid(gid, gid, gid)?;
        setresuid(uid, uid, uid)?;
        if !uid.is_root() && setresuid(Uid::from_raw(0), uid, uid).is_ok() {
            return Err(io::Error::other("the process could become root again"));
        }
        Ok(())
    }
}

/// What no worker needs, whoever it is: to gain rights by running another program, and to write its
/// memory to a file, where keys could be read.
///
/// # Errors
///
/// When the system refuses.
pub(crate) fn give_up() -> io::Result<()> {
    rustix::thread::set_no_new_privs(true)?;
    // For good: neither the app nor what it starts gets it back.
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    Ok(())
}

/// Allows as many open files as the system allows us to, and says how many that is; `None` for any
/// number.
///
/// # Errors
///
/// When the system refuses.
pub(crate) fn raise_open_files() -> io::Result<Option<u64>> {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum })?;
    Ok(limit.maximum)
}

struct Found {
    uid: Uid,
    /// Name and main group; `None` for a number that nobody has.
    entry: Option<(CString, Gid)>,
}

impl Found {
    fn identity(&self, group: Option<Gid>) -> Result<Identity, SettingError> {
        let main = self.entry.as_ref().map(|(_, gid)| *gid);
        let Some(gid) = group.or(main) else {
            let why = "is a number that the user database does not know, so it has no group";
            return Err(SettingError::new("user", why).help("set `group`, too"));
        };
        let groups = match &self.entry {
            Some((name, _)) => getgrouplist(name, gid).map_err(|error| {
                SettingError::new("user", format!("is in groups that cannot be found: {error}"))
            })?,
            None => vec![gid],
        };
        let groups = groups.into_iter().map(Gid::as_raw).collect();
        Ok(Identity { uid: self.uid.as_raw(), gid: gid.as_raw(), groups })
    }
}

fn find_user(text: &str) -> Result<Found, SettingError> {
    let found = match text.parse() {
        Ok(number) => User::from_uid(Uid::from_raw(number)),
        Err(_) => User::from_name(text),
    };
    let entry = found.map_err(|error| unknown("user", text, &error.to_string()))?;
    let entry = entry.map(|user| (user.uid, CString::new(user.name), user.gid));
    match (entry, text.parse()) {
        (Some((uid, Ok(name), gid)), _) => Ok(Found { uid, entry: Some((name, gid)) }),
        (_, Ok(number)) => Ok(Found { uid: Uid::from_raw(number), entry: None }),
        _ => Err(unknown("user", text, "there is no such user")),
    }
}

fn find_group(text: &str) -> Result<Gid, SettingError> {
    if let Ok(number) = text.parse() {
        return Ok(Gid::from_raw(number));
    }
    let found =
        Group::from_name(text).map_err(|error| unknown("group", text, &error.to_string()))?;
    found.map(|group| group.gid).ok_or_else(|| unknown("group", text, "there is no such group"))
}

fn unknown(key: &str, text: &str, why: &str) -> SettingError {
    SettingError::new(key, format!("cannot be `{text}`: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use std::process::Command;

    fn error(user: Option<&str>, group: Option<&str>) -> String {
        Identity::resolve(user, group).unwrap_err().to_string()
    }

    #[test]
    fn users_and_groups_are_found_by_name_and_number() {
        assert_eq!(Identity::resolve(None, None).unwrap(), None);
        let no = "`user` cannot be `no such`: there is no such user";
        assert_eq!(error(Some("no such"), None), no);
        let no = "`group` cannot be `no such`: there is no such group";
        assert_eq!(error(Some("root"), Some("no such")), no);
        assert!(error(Some("4000000000"), None).contains("does not know"));
        if !geteuid().is_root() {
            let refused = "`user` cannot be changed to by a process that is not root's";
            assert_eq!(error(Some("root"), None), refused);
            return;
        }
        let daemon = User::from_name("daemon").unwrap().unwrap();
        let uid = daemon.uid.to_string();
        let identity = |user, group| Identity::resolve(user, group).unwrap().unwrap();
        let by_name = identity(Some("daemon"), None);
        assert_eq!((by_name.uid, by_name.gid), (daemon.uid.as_raw(), daemon.gid.as_raw()));
        assert!(by_name.groups.contains(&by_name.gid));
        assert_eq!(identity(Some(&uid), None), by_name);
        let other = identity(Some("4000000000"), Some("daemon"));
        let gid = by_name.gid;
        assert_eq!(other, Identity { uid: 4_000_000_000, gid, groups: vec![gid] });
        assert_eq!(identity(None, Some("7")), Identity { uid: 0, gid: 7, groups: vec![7] });
    }

    /// `/proc/self/status` of a process that has become what `PRIVILEGES` says.
    fn status(identity: &Identity) -> BTreeMap<String, String> {
        let module = module_path!().split_once("::").unwrap().1;
        let output = Command::new(std::env::current_exe().unwrap())
            .arg(format!("{module}::becomes_it"))
            .args(["--exact", "--ignored", "--nocapture", "--test-threads=1"])
            .env("PRIVILEGES", serde_json::to_string(identity).unwrap())
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{text}");
        let lines = text.lines().filter_map(|line| line.split_once(':'));
        lines.map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect()
    }

    #[test]
    fn nothing_of_root_is_left() {
        if !geteuid().is_root() {
            return;
        }
        let identity = Identity { uid: 65_534, gid: 65_533, groups: vec![65_533, 12] };
        let status = status(&identity);
        assert_eq!(status["Uid"], "65534\t65534\t65534\t65534");
        assert_eq!(status["Gid"], "65533\t65533\t65533\t65533");
        assert_eq!(status["Groups"], "12 65533");
        for set in ["CapPrm", "CapEff", "CapAmb"] {
            assert_eq!(status[set].trim_matches('0'), "", "{set}");
        }
        assert_eq!(status["NoNewPrivs"], "1");
        assert_eq!(status["core"], "Rlimit { current: Some(0), maximum: Some(0) }");
    }

    /// What is lost without coming back is that of the thread on which the harness runs it.
    #[test]
    #[ignore = "runs as a process of another test"]
    fn becomes_it() {
        let Ok(identity) = std::env::var("PRIVILEGES") else { return };
        let identity: Identity = serde_json::from_str(&identity).unwrap();
        identity.assume().unwrap();
        give_up().unwrap();
        println!("\n{}", std::fs::read_to_string("/proc/thread-self/status").unwrap());
        println!("core: {:?}", getrlimit(Resource::Core));
    }

    #[test]
    fn all_files_that_are_allowed_can_be_opened() {
        let most = raise_open_files().unwrap();
        assert_eq!(getrlimit(Resource::Nofile).current, most);
    }
}
