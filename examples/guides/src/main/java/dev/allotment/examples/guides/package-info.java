// SPDX-License-Identifier: Apache-2.0
/**
 * The programs of docs/guides.md, which shows all their files. To be read, copied and run.
 */
@NullMarked
package dev.allotment.examples.guides;

import org.jspecify.annotations.NullMarked;
