// SPDX-License-Identifier: Apache-2.0
/** A store for backups of tenants in a bucket of a server that speaks S3. */
@NullMarked
package dev.allotment.s3;

import org.jspecify.annotations.NullMarked;
