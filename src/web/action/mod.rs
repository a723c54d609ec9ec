//! Server functions: where the pages' forms go.
