// SPDX-License-Identifier: Apache-2.0
package dev.allotment.json2;

import dev.allotment.Saas;
import dev.allotment.odoo.OdooServices;
import dev.allotment.odoo.OdooSettings;
import dev.allotment.spi.Settings;
import dev.allotment.spi.protocol.ProtocolAdapter;
import dev.allotment.spi.protocol.ProtocolProvider;

/** Creates the JSON-2 adapter. The service loader finds it under the name {@code json2}. Thread-safe. */
public final class Json2Provider implements ProtocolProvider {
    static final String NAME = "json2";

    @Override
    public String name() {
        return NAME;
    }

    /**
     * Creates the adapter; does no I/O.
     *
     * @throws dev.allotment.SaasException {@code setting.invalid} naming every wrong setting
     */
    @Override
    public ProtocolAdapter open(Saas saas, Settings settings) {
        OdooSettings odoo = OdooSettings.from(settings);
        settings.check("protocol " + NAME);
        return new Json2Adapter(new OdooServices(saas, odoo), odoo);
    }
}
