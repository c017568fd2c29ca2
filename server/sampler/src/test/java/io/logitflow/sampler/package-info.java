/**
 * What several tests share: the golden bundle and a request's bits. Sees the public sampler only.
 */
@NullMarked
package io.logitflow.sampler;

import org.jspecify.annotations.NullMarked;
