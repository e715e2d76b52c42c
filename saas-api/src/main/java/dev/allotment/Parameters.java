// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import static dev.allotment.AllowedFor.Keys.READ_ONLY;
import static dev.allotment.Permission.VIEW_INSTALLATION;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The parameters of the main database or of one tenant. Only administrators of that database change them. */
@AllowedFor(READ_ONLY)
@Needs(VIEW_INSTALLATION)
public interface Parameters extends Lookup<Long, Parameter> {
    /** Returns the value of a parameter; empty if it does not exist or may not be seen. */
    @AllowedFor(READ_ONLY)
    @Needs(VIEW_INSTALLATION)
    Optional<String> value(String key);

    /**
     * Sets, changes or removes a parameter.
     *
     * @param value null or empty: the parameter is removed
     * @return the previous value; empty if there was none
     * @throws SaasException {@code configuration.invalid} if a parameter with a meaning gets a value without one
     */
    Optional<String> set(String key, @Nullable String value);

    /**
     * Changes key and value of a parameter together. With another key it becomes another parameter, with another id.
     *
     * @throws SaasException {@code record.missing}, {@code record.duplicate} if another parameter has the key, and as
     *     {@link #set}
     */
    void replace(long parameter, String key, String value);
}
