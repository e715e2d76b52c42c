// SPDX-License-Identifier: Apache-2.0
/** The files of the embedder's application that belong to tenants. For use inside this module only. */
@NullMarked
package dev.allotment.core.internal.file;

import org.jspecify.annotations.NullMarked;
