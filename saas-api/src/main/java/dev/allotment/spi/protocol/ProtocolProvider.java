// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.protocol;

import dev.allotment.Saas;
import dev.allotment.spi.Settings;

/** Creates a protocol adapter. Registered with ServiceLoader. It needs a public constructor without arguments. */
public interface ProtocolProvider {
    /** Returns the name, in lower case, such as {@code xmlrpc}. */
    String name();

    /**
     * Creates the adapter. Does no I/O.
     *
     * @param settings the server's settings for this protocol, with the names in docs/configuration.md
     */
    ProtocolAdapter open(Saas saas, Settings settings);
}
