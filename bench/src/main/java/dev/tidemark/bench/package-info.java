/// Measures Tidemark from outside: an application in a process of its own, the real daemon beside
/// it or not, in turns. Nothing depends on this.
@org.jspecify.annotations.NullMarked
package dev.tidemark.bench;
