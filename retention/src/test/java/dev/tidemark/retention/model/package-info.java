/// A model of any number of maintainers at one bucket: the rules of deletion and of the boundary in
/// their smallest form, and random schedules against them. Knows nothing of the product; a test of
/// its own compares the two.
@NullMarked
package dev.tidemark.retention.model;

import org.jspecify.annotations.NullMarked;
