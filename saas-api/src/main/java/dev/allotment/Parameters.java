// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The parameters of the main database, or of one client database; for administrators of it. */
public interface Parameters extends Lookup<Long, Parameter> {
    /** The value of a parameter; empty where there is none that may be seen. */
    Optional<String> value(String key);

    /**
     * Sets, changes or removes a parameter.
     *
     * @param value null or empty: the parameter is removed
     * @return the value that it had
     * @throws SaasException {@code configuration.invalid} where a key that means something gets a value that does not
     */
    Optional<String> set(String key, @Nullable String value);

    /**
     * Changes key and value of a parameter at once. Under another key it is another parameter, with another number.
     *
     * @throws SaasException {@code record.missing}, {@code record.duplicate} where another has the key, and as {@link #set}
     */
    void replace(long parameter, String key, String value);
}
