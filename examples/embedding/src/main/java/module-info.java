// SPDX-License-Identifier: Apache-2.0
/** A program that embeds Allotment; which backends there are says its module path. */
module dev.allotment.examples.embedding {
    requires dev.allotment.core;
    requires static org.jspecify;
}
