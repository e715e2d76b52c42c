// SPDX-License-Identifier: Apache-2.0
/** Tests of the store against a server that speaks S3, and against broken ones, in this JVM. */
@NullMarked
package dev.allotment.s3;

import org.jspecify.annotations.NullMarked;
