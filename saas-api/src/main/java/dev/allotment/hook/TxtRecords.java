// SPDX-License-Identifier: Apache-2.0
package dev.allotment.hook;

import java.io.IOException;
import java.util.List;

/**
 * Reads TXT records from the DNS, for the mail domains of customers.
 *
 * <p>The module {@code allotment-openid} has one, which is found with {@code ServiceLoader}, and asks the resolver of
 * this computer. The embedder registers another one at the builder. Implementations must be safe for use by several
 * threads.
 */
@FunctionalInterface
public interface TxtRecords {
    /**
     * Asks the DNS now. Returns within seconds.
     *
     * @param name in ASCII and lower case, without a dot at the end
     * @return the texts of all TXT records; none if the DNS says that there is no such name or record
     * @throws IOException if the DNS has not answered, or could not find out
     */
    List<String> find(String name) throws IOException;
}
