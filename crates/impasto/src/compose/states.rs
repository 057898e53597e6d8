use std::any::Any;

use smallbox::SmallBox;
use smallvec::SmallVec;

/// Words of a state that are kept in place: enough for a `HeaderValue`, or an `Instant` and a few counters. A larger
/// one is boxed.
type Place = [usize; 6];

/// The states of the hooks that have seen the request, as a stack: responses go out in reverse.
///
/// They live in the future of the hooks' own run, so abandoning that drops them at once.
pub(super) struct States(SmallVec<[SmallBox<dyn Any + Send, Place>; 1]>);

impl States {
    /// Room for the states of `count` hooks: one allocation, or none for one or none.
    pub(super) fn with_capacity(count: usize) -> States {
        States(SmallVec::with_capacity(count))
    }

    pub(super) fn push<S: Send + 'static>(&mut self, state: S) {
        if unit::<S>().is_none() {
            self.0.push(smallbox::smallbox!(state));
        }
    }

    /// The state that was pushed last, which was an `S`.
    pub(super) fn pop<S: Send + 'static>(&mut self) -> Option<S> {
        unit().or_else(|| Some(self.0.pop()?.downcast::<S>().ok()?.into_inner()))
    }
}

/// The state of a stateless hook, which is not stored; `None` for every other type.
pub(super) fn unit<S: 'static>() -> Option<S> {
    (&mut Some(()) as &mut dyn Any).downcast_mut::<Option<S>>().and_then(Option::take)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_come_back_in_reverse() {
        let mut states = States::with_capacity(2);
        states.push(1u8);
        states.push(());
        states.push([7u64; 9]);
        assert_eq!(states.0.len(), 2);
        assert_eq!(
            (states.pop(), states.pop(), states.pop()),
            (Some([7u64; 9]), Some(()), Some(1u8))
        );
    }

    #[test]
    fn an_empty_type_with_a_destructor_is_a_state() {
        #[derive(Debug, PartialEq)]
        struct Permit;
        assert_eq!(unit::<Permit>(), None);
        let mut states = States::with_capacity(1);
        states.push(Permit);
        assert_eq!(states.pop(), Some(Permit));
    }
}
