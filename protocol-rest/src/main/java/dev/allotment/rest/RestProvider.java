// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest;

import dev.allotment.Saas;
import dev.allotment.spi.Settings;
import dev.allotment.spi.protocol.ProtocolAdapter;
import dev.allotment.spi.protocol.ProtocolProvider;

/** Creates the REST adapter. The service loader finds it under the name {@code rest}. Thread-safe. */
public final class RestProvider implements ProtocolProvider {
    static final String NAME = "rest";

    @Override
    public String name() {
        return NAME;
    }

    /** Creates the adapter; does no I/O. It has no settings, and ignores those of other protocols. */
    @Override
    public ProtocolAdapter open(Saas saas, Settings settings) {
        return new RestAdapter(saas, RouteTable.all());
    }
}
