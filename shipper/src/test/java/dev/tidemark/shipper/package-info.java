@NullMarked
package dev.tidemark.shipper;

import org.jspecify.annotations.NullMarked;
