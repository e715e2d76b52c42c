// SPDX-License-Identifier: Apache-2.0
/** A program that embeds Allotment. Its module path decides which backends exist. */
module dev.allotment.examples.embedding {
    requires dev.allotment.core;
    requires static org.jspecify;
}
