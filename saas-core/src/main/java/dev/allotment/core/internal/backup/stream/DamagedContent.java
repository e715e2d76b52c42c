// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup.stream;

import java.io.IOException;

/** Stored content is not what was stored. */
public final class DamagedContent extends IOException {
    private static final long serialVersionUID = 1L;

    public DamagedContent(String message) {
        super(message);
    }
}
