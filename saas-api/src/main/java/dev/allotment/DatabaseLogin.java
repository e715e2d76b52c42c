// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

/**
 * How a tenant's application connects to the tenant database. The password is never printed.
 *
 * @param url such as a JDBC URL
 */
public record DatabaseLogin(String url, String user, String password) {
    /** Returns URL and user, without the password. */
    @Override
    public String toString() {
        return "DatabaseLogin[url=" + url + ", user=" + user + "]";
    }
}
