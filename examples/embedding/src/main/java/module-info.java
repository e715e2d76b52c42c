// SPDX-License-Identifier: Apache-2.0
/** A program that embeds Allotment. The module path decides which backends it has. */
module dev.allotment.examples.embedding {
    requires dev.allotment.api;
    requires static org.jspecify;
}
