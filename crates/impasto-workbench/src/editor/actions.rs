//! What puts problems right.

use impasto::{Edit, Problem};

/// A change that an editor offers.
#[derive(Clone, Debug)]
pub struct Action {
    /// What it does, in words.
    pub title: String,
    /// All of it.
    pub edits: Vec<Edit>,
}

/// What puts a problem right [without a doubt](Problem::fix), if anything does.
pub fn actions(problem: &Problem) -> Option<Action> {
    let edits = problem.fix();
    let title = match &edits[..] {
        [] => return None,
        [edit] if !edit.text.contains('\n') && edit.text.len() < 40 => {
            format!("Write `{}` instead of `{}`", edit.text, edit.place.text())
        }
        _ => match problem.help.first() {
            Some(help) => format!("Put it right: {help}"),
            None => "Put it right".to_owned(),
        },
    };
    Some(Action { title, edits })
}
