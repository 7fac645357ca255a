//! Sessions: back-end choice, fall-back, build plan.
