//! Where a filter belongs among others.

use std::fmt;

use super::Reference;

/// What a factory says of its place in a pipeline. The line of the pipeline is the only order there is:
/// this changes nothing, `check` tells of it. [`register!`](crate::register) writes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// What it says.
    pub rule: OrderRule,
    /// Of which others, by role, by the name they are registered under, or by reference (`egg:...` or
    /// `module:attr`), which need not be linked. Empty where the rule is about no others.
    pub others: &'static [&'static str],
    /// Why: what is said behind the rule, without a full stop.
    pub reason: &'static str,
}

/// "before `a` and `b`: because of this"
impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.rule.as_str())?;
        for (at, other) in self.others.iter().enumerate() {
            let joint = match at {
                0 => " ",
                _ if at + 1 < self.others.len() => ", ",
                _ if self.rule == OrderRule::Needs => " or ",
                _ => " and ",
            };
            write!(f, "{joint}`{other}`")?;
        }
        write!(f, ": {}", self.reason)
    }
}

/// The rules of an [`Order`]. "Before" is as a pipeline is written: the first filter is the outermost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OrderRule {
    /// Before others, where there are any.
    Before,
    /// After others, where there are any.
    After,
    /// Before all others of its pipeline, but for those that say the same.
    Outermost,
    /// After all others of its pipeline, but for those that say the same.
    Innermost,
    /// At most once on the way of a request.
    Once,
    /// Only together with at least one of the others.
    Needs,
    /// Never together with any of the others.
    Conflicts,
}

impl OrderRule {
    /// The word by which [`register!`](crate::register) knows it.
    pub fn as_str(self) -> &'static str {
        match self {
            OrderRule::Before => "before",
            OrderRule::After => "after",
            OrderRule::Outermost => "outermost",
            OrderRule::Innermost => "innermost",
            OrderRule::Once => "once",
            OrderRule::Needs => "needs",
            OrderRule::Conflicts => "conflicts",
        }
    }
}

/// What factories are to others that nothing linked provides: [`role!`](crate::role) writes one.
#[derive(Debug)]
pub struct Role {
    name: &'static str,
    references: &'static [&'static str],
}

impl Role {
    /// What `role!` calls.
    #[doc(hidden)]
    pub const fn new(name: &'static str, references: &'static [&'static str]) -> Role {
        Role { name, references }
    }

    /// Whether it is called `name`, and `reference` has it.
    pub(super) fn is_of(&self, name: &str, reference: &Reference<'_>) -> bool {
        let mut references = self.references.iter().filter_map(|it| Reference::registered(it));
        self.name == name && references.any(|known| known.means(reference))
    }
}
