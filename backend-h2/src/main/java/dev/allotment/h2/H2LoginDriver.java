// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import dev.allotment.h2.files.H2Names;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLNonTransientConnectionException;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The JDBC driver with which tenants' applications connect, in the process that has the H2 backend open. It accepts
 * the URLs that {@code Databases.login} returns. {@link DriverManager} finds it, and its connections are H2's own.
 * Thread-safe.
 *
 * <p>H2's own driver would open the file on every attempt to connect, even while the file is being copied or rolled
 * back, or is closed to its application. This driver also ignores everything else that a URL of H2 can request, such
 * as {@code INIT} or other files.
 */
public final class H2LoginDriver implements Driver {
    private static final String PREFIX = "jdbc:allotment-h2:";

    /** The open backends, by the location of their files. */
    private static final Map<String, Connector> CONNECTORS = new ConcurrentHashMap<>();

    static {
        try {
            DriverManager.registerDriver(new H2LoginDriver());
        } catch (SQLException e) {
            throw new IllegalStateException("The JDBC driver of the H2 backend could not be registered.", e);
        }
    }

    /** For ServiceLoader. */
    public H2LoginDriver() {}

    /** Opens connections for applications, on behalf of one backend. */
    @FunctionalInterface
    interface Connector {
        Connection connect(String name, String user, String password) throws SQLException;
    }

    /**
     * Registers a backend, whose databases applications can connect to from now on.
     *
     * @param location the location of its files, which only this backend has open
     */
    static void open(String location, Connector connector) {
        CONNECTORS.put(location, connector);
    }

    /** Unregisters a backend. */
    static void close(String location) {
        CONNECTORS.remove(location);
    }

    /** The URL of a database. */
    static String url(String location, String name) {
        return PREFIX + location + '/' + H2Names.encode(name);
    }

    @Override
    public @Nullable Connection connect(String url, Properties info) throws SQLException {
        if (!acceptsURL(url)) {
            return null;
        }
        int end = url.lastIndexOf('/');
        Connector connector = end < PREFIX.length() ? null : CONNECTORS.get(url.substring(PREFIX.length(), end));
        if (connector == null) {
            throw new SQLNonTransientConnectionException(
                    "No H2 backend is open in this process at the location in the URL. Open the backend first.",
                    "08001");
        }
        String name = H2Names.decode(url.substring(end + 1));
        return connector.connect(
                name == null ? "" : name, info.getProperty("user", ""), info.getProperty("password", ""));
    }

    @Override
    public boolean acceptsURL(String url) {
        return url.startsWith(PREFIX);
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) {
        return new DriverPropertyInfo[0];
    }

    @Override
    public int getMajorVersion() {
        return 0;
    }

    @Override
    public int getMinorVersion() {
        return 1;
    }

    @Override
    public boolean jdbcCompliant() {
        return false;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("This driver logs nothing.");
    }
}
