// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of the control plane.
 *
 * @param backend Backend by name: h2, postgres, memory, or another one on the class path
 * @param settings Settings of the backend, such as path for h2, or url, user and password for postgres
 * @param mainDatabase Name of the main database; a catalog keeps the first one
 * @param baseUrl URL of the portal that the first start stores; its default has the port of this application
 * @param baseDomain Domain that is appended to names of databases without a dot; the first start stores it
 * @param node Name of this process among those that share the catalog; random by default
 * @param masterPassword Password that gives all rights over the wire; none by default
 * @param secretKey Key that encrypts the passwords of database servers, with at least 16 characters
 * @param administrator Account of the first administrator
 * @param addons Folders with add-ons, in addition to those on the class path
 * @param trustedProxies Addresses and networks of the proxies whose headers about clients are trusted
 * @param branding Appearance of the pages
 * @param datasource Connections to the databases of tenants
 * @param web What is served
 */
@ConfigurationProperties("allotment")
public record AllotmentProperties(
        @Nullable String backend,
        @DefaultValue Map<String, String> settings,
        @Nullable String mainDatabase,
        @Nullable String baseUrl,
        @Nullable String baseDomain,
        @Nullable String node,
        @Nullable String masterPassword,
        @Nullable String secretKey,
        @DefaultValue Administrator administrator,
        @DefaultValue List<String> addons,
        @DefaultValue List<String> trustedProxies,
        @DefaultValue Appearance branding,
        @DefaultValue Datasource datasource,
        @DefaultValue Web web) {

    /**
     * Builds something from properties. What it refuses becomes a failure that says where they are.
     *
     * @throws SaasException {@code setting.invalid}
     */
    static <T> T valid(String prefix, Supplier<T> build) {
        try {
            return build.get();
        } catch (IllegalArgumentException e) {
            throw SaasException.invalid(ErrorCodes.SETTING_INVALID, prefix + ": " + e.getMessage());
        }
    }

    /** Without secrets: the settings of the backend may have some, so only their names are shown. */
    @Override
    public String toString() {
        return "AllotmentProperties[backend=" + backend + ", settings=" + settings.keySet() + ", mainDatabase="
                + mainDatabase + ", baseUrl=" + baseUrl + ", baseDomain=" + baseDomain + ", node=" + node
                + ", administrator=" + administrator + ", addons=" + addons + ", trustedProxies=" + trustedProxies
                + ", branding=" + branding + ", datasource=" + datasource + ", web=" + web + "]";
    }

    /**
     * The account that the first start creates.
     *
     * @param login Login of the first administrator
     * @param password Password of the first administrator; without one, this account cannot sign in with a password
     */
    public record Administrator(
            @DefaultValue("admin") String login, @Nullable String password) {
        /** Without the password. */
        @Override
        public String toString() {
            return "Administrator[login=" + login + "]";
        }
    }

    /**
     * The appearance of the pages.
     *
     * @param title Name of the product
     * @param colour Colour of the product, as # and six hexadecimal digits
     * @param support Email address or URL where users get help
     * @param terms URL of the terms that a visitor accepts by signing up
     */
    public record Appearance(
            @Nullable String title,
            @Nullable String colour,
            @Nullable String support,
            @Nullable String terms) {}

    /**
     * The connections to the databases of tenants.
     *
     * @param maxConnections Maximum number of connections to all tenants together, from this process
     * @param maxConnectionsPerServer Maximum number of connections to one database server; by default that of all
     * @param maxConnectionsPerTenant Maximum number of connections to one tenant
     * @param acquireTimeout How long a caller waits for a connection while a limit is reached
     * @param idleTimeout How long the connections of a tenant stay open without use
     */
    public record Datasource(
            @DefaultValue("50") int maxConnections,
            @Nullable Integer maxConnectionsPerServer,
            @DefaultValue("4") int maxConnectionsPerTenant,
            @DefaultValue("5s") Duration acquireTimeout,
            @DefaultValue("1m") Duration idleTimeout) {}

    /**
     * What is served.
     *
     * @param tenants The hosts of tenants
     */
    public record Web(@DefaultValue Tenants tenants) {}

    /**
     * How tenants are served.
     *
     * @param pathPrefix Path below which tenants without their own host are served, such as /db
     * @param allowAnonymous Paths that need no sign-in, such as /shop/*
     * @param bypass Paths that belong to no tenant at any host, such as /hooks/*
     * @param passOnUnknownHosts Whether the application also serves hosts that belong to no tenant, without sign-in; it
     *     always serves localhost, IP addresses and the portal's host so
     * @param signInLabel Label of a link on the sign-in page to the application's own way to sign in
     * @param signInPath Path of this link, such as /oauth2/authorization/example; without one, there is no link
     * @param hostCacheTtl How long the tenant of a host is cached
     * @param sessionCacheTtl How long an open session is cached, up to one minute
     */
    public record Tenants(
            @Nullable String pathPrefix,
            @DefaultValue List<String> allowAnonymous,
            @DefaultValue List<String> bypass,
            @DefaultValue("false") boolean passOnUnknownHosts,
            @DefaultValue("Sign in") String signInLabel,
            @Nullable String signInPath,
            @DefaultValue("5s") Duration hostCacheTtl,
            @DefaultValue("0s") Duration sessionCacheTtl) {}
}
