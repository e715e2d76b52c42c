// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck.memory;

import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;
import java.nio.file.Path;

/** Opens a {@link StoredMemory}, also in another process of the kit. */
public final class StoredMemoryProvider implements BackendProvider {
    static final String NAME = "stored-memory";

    /** ServiceLoader calls this constructor. */
    public StoredMemoryProvider() {}

    @Override
    public int spiVersion() {
        return SPI_VERSION;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Backend open(Settings settings) {
        Path folder = Path.of(settings.required("path", "a folder"));
        StoredMemory.Defect defect =
                StoredMemory.Defect.valueOf(settings.text("defect", StoredMemory.Defect.NONE.name()));
        settings.check("the stored memory");
        return StoredMemory.open(folder, defect);
    }
}
