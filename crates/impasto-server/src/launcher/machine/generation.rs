//! A generation: services, and how many workers of each.

use std::time::Instant;

use super::event::{GenerationId, Plan};
use super::throttle::Throttle;

#[derive(Clone, Debug)]
pub(super) struct Generation {
    pub(super) id: GenerationId,
    pub(super) teams: Vec<Team>,
}

/// The workers of one service.
#[derive(Clone, Debug)]
pub(super) struct Team {
    pub(super) plan: Plan,
    /// As many as planned, unless an operator asked for more or fewer since.
    pub(super) wanted: usize,
    pub(super) throttle: Throttle,
    /// When workers that died are to be replaced.
    pub(super) respawns: Vec<Instant>,
}

impl Generation {
    /// Keeps what an operator asked for, for services whose plan asks for as many as before.
    pub(super) fn new(
        id: GenerationId,
        plans: Vec<Plan>,
        before: Option<&Generation>,
    ) -> Generation {
        let teams = plans.into_iter().map(|plan| {
            let before = before.and_then(|before| before.team(&plan.name));
            let kept = before.filter(|before| before.plan.workers == plan.workers);
            let wanted = kept.map_or(plan.workers, |before| before.wanted);
            Team { plan, wanted, throttle: Throttle::default(), respawns: Vec::new() }
        });
        Generation { id, teams: teams.collect() }
    }

    fn team(&self, name: &str) -> Option<&Team> {
        self.teams.iter().find(|team| team.plan.name == name)
    }
}
