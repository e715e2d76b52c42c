// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup.stream;

import dev.allotment.SaasException;
import java.io.IOException;

/** The files of a tenant cannot be read to their end, said to a reader of a stream that contains them. */
public final class UnreadableFile extends IOException {
    private static final long serialVersionUID = 1L;

    private final SaasException error;

    public UnreadableFile(SaasException error) {
        super(error);
        this.error = error;
    }

    /** The error for the caller. */
    public SaasException error() {
        return error;
    }
}
