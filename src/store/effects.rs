//! What is done after the commit of a transaction.

/// What is to be done in memory once a transaction is committed; it is dropped with one that is not.
#[derive(Default)]
pub(super) struct Effects(Vec<Box<dyn FnOnce() + Send>>);

impl std::fmt::Debug for Effects {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} effects", self.0.len())
    }
}

impl Effects {
    pub(super) fn push(&mut self, effect: impl FnOnce() + Send + 'static) {
        self.0.push(Box::new(effect));
    }

    pub(super) fn run(self) {
        for effect in self.0 {
            effect();
        }
    }
}
