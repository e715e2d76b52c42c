// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.protocol;

import dev.allotment.Saas;
import dev.allotment.spi.Settings;

/** Finds a protocol adapter: registered with ServiceLoader. Needs a public constructor without arguments. */
public interface ProtocolProvider {
    /** In lower case, such as {@code xmlrpc}. */
    String name();

    /**
     * Makes the adapter; does no I/O.
     *
     * @param settings as the host has them, with the names that docs/operations.md lists for this protocol
     */
    ProtocolAdapter open(Saas saas, Settings settings);
}
