/// The store that speaks S3. The only package that knows the AWS SDK: its exceptions end here.
@NullMarked
package dev.tidemark.store.s3;

import org.jspecify.annotations.NullMarked;
