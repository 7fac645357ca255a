//! Rich MIR operations to core ones, once for every back end.
