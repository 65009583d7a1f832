package dev.tidemark.retention.model;

/// What one maintainer is set to. Tidy: merged files of level n have 2^n segments and begin at a
/// multiple of that, snapshots end at a multiple of four; else anything is merged into anything.
record ModelSettings(ModelPolicy policy, boolean isTidy, int damagedOneIn) {}
