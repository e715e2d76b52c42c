// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import dev.allotment.access.Access;
import dev.allotment.access.ApiKeyHolder;
import dev.allotment.access.ApiKeys;
import dev.allotment.access.Passkeys;
import dev.allotment.access.SecondFactors;
import dev.allotment.access.SignIns;
import dev.allotment.access.TenantDatabase;
import dev.allotment.backup.Backups;
import dev.allotment.backup.Dumps;
import dev.allotment.backup.Exports;
import dev.allotment.billing.Payments;
import dev.allotment.brand.Brands;
import dev.allotment.erasure.Erasures;
import dev.allotment.fleet.Campaigns;
import dev.allotment.fleet.CatalogIdentity;
import dev.allotment.fleet.Maintenance;
import dev.allotment.fleet.Reconciliation;
import dev.allotment.fleet.Servers;
import dev.allotment.identity.IdentityProviders;
import dev.allotment.identity.MailDomains;
import dev.allotment.identity.ProviderSignIns;
import dev.allotment.support.SupportAccesses;
import dev.allotment.team.Teams;
import dev.allotment.webhook.Webhooks;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A view of a control plane, and the entry point of this library.
 *
 * <pre>{@code
 * try (Saas saas = Saas.builder().backend("h2", Map.of("path", "./data")).open()) {
 *     Plan plan = saas.plans().create(Plan.builder("Shop").dbNameTemplate("shop-%i").build());
 * }
 * }</pre>
 *
 * <p>The view that the builder opens has all rights. {@link #actingAs} returns a view with the rights of one account.
 * Safe for use by several threads. It starts no threads; a backend may have a connection pool that does.
 *
 * <p>Every use case may throw {@code backend.unavailable}, which is retryable, if the database cannot be reached.
 */
public interface Saas extends MainRecords, AutoCloseable {
    /** Returns the version of this library, such as {@code 1.2.3}. Nodes and backups are recorded with it. */
    static String version() {
        return LibraryVersion.TEXT;
    }

    /**
     * Starts a builder of a control plane.
     *
     * @throws IllegalStateException if saas-core is not on the class path or the module path
     */
    static SaasBuilder builder() {
        return SaasBuilder.ofFoundCore();
    }

    /** Returns the name of the main database, where accounts, plans and tenants are administered. */
    String mainDatabase();

    /** Returns the database servers. */
    Servers servers();

    /** Returns the templates. */
    Templates templates();

    /** Returns the tenants. */
    Tenants tenants();

    /**
     * Returns what the acting user may do without an administrator.
     *
     * @throws SaasException {@code access.not-allowed} from each of its methods if this view does not act as an account
     */
    SelfService selfService();

    /** Returns the backups of tenants. */
    Backups backups();

    /** Returns the exports of tenants for their customers. */
    Exports exports();

    /** Returns the dumps of tenants, for tools that use Odoo's database service. */
    Dumps dumps();

    /** Returns the erasure of customers. */
    Erasures erasures();

    /** Returns the custom domains of tenants. */
    CustomDomains customDomains();

    /** Returns the configuration of tenants. */
    Configuration configuration();

    /** Returns sign-in links, authorization codes, password resets and sessions. */
    Access access();

    /** Returns the sign-ins of users of the main database with a browser, and their sessions. */
    SignIns signIns();

    /** Returns the second factors of the accounts. */
    SecondFactors secondFactors();

    /** Returns the passkeys of the accounts. */
    Passkeys passkeys();

    /** Returns the identity providers with which people sign in. */
    IdentityProviders identityProviders();

    /** Returns the mail domains of a customer. */
    MailDomains mailDomains();

    /** Returns the sign-ins with identity providers. */
    ProviderSignIns providerSignIns();

    /** Returns the API keys of the accounts. */
    ApiKeys apiKeys();

    /** Returns the team of the customer that this view acts for, and invitations to it. */
    Teams teams();

    /** Returns the brand of the portal, of the pages of tenants and of emails. */
    Brands brands();

    /** Returns the support access of operators to tenants. */
    SupportAccesses supportAccesses();

    /** Returns the operations. */
    Operations operations();

    /** Returns the campaigns, which bring many tenants to one state. */
    Campaigns campaigns();

    /** Returns the operations that can be started without waiting for them. */
    AsyncOperations async();

    /** Returns the audit log. */
    Events events();

    /** Returns whether customers have paid. */
    Payments payments();

    /** Returns the webhook endpoints. */
    Webhooks webhooks();

    /** Returns the usage of tenants by day. */
    UsageRecords usage();

    /** Returns the protection against copies of the catalog. */
    CatalogIdentity catalogIdentity();

    /** Returns the comparison of the catalog with the database servers. */
    Reconciliation reconciliation();

    /** Returns the scheduled work. */
    Maintenance maintenance();

    /**
     * Runs several use cases in one transaction of the main database. Everything they change is stored when this
     * returns; nothing is stored if one of them, or the work, throws. Each use case sees what those before it
     * changed.
     *
     * @param work may be called more than once; it must use only its argument, and only until it returns
     * @return what the work returned
     */
    <T extends @Nullable Object> T inTransaction(Function<? super MainRecords, ? extends T> work);

    /**
     * Returns the inside of a tenant database, with all rights if this view has them. A portal user gets a view without
     * rights and must use {@link TenantDatabase#actingAs}.
     *
     * @param name the name of the tenant
     * @throws SaasException {@code database.unknown}
     */
    TenantDatabase database(String name);

    /**
     * Returns a view with the rights of one account. No password is checked: authenticate first.
     *
     * @throws SaasException {@code access.denied} if the account does not exist or is not active
     */
    Saas actingAs(UserId user);

    /**
     * Returns a view with the rights of one account, as {@link #actingAs(UserId)}. The audit log contains the client
     * address.
     *
     * @param clientAddress null: not known
     * @throws SaasException {@code access.denied} if the account does not exist or is not active
     */
    Saas actingAs(UserId user, @Nullable String clientAddress);

    /**
     * Returns a view with the rights of one account, as {@link #actingAs(UserId, String)}, in one of its sessions.
     * Use cases with {@link NeedsProof} are refused with {@code access.proof-needed}, unless the user has proven in
     * this session a short time ago who it is, see {@link SignIns#prove}. If the identity provider of a customer has
     * opened the session, the view is limited to that customer, see {@link AllowedFor}.
     *
     * @param session the secret of the session, as {@link Access#findSession} found it
     * @param clientAddress null: not known
     * @throws SaasException {@code access.denied} if the session is not one of the account at the main database, or if
     *     the account does not exist or is not active
     */
    Saas actingInSession(UserId user, String session, @Nullable String clientAddress);

    /**
     * Returns a view with the rights of the account that an API key belongs to, within the scope of the key. Every use
     * case of the view is limited to that scope. The audit log contains the client address.
     *
     * @param holder as {@link ApiKeys#authenticate} returned it just now
     * @param clientAddress null: not known
     * @throws SaasException {@code access.denied} if the account does not exist or is not active, {@code
     *     access.not-allowed} unless this view has all rights
     */
    Saas actingAs(ApiKeyHolder holder, @Nullable String clientAddress);

    /**
     * Returns a view that acts for a customer. A portal account has the rights there that its role in the team of the
     * customer gives it, within the scope of its API key. Each use case reads the role again, so a view of an account
     * that was removed from the team has no rights. A view with all rights keeps them, and {@link #teams} returns the
     * team of the customer.
     *
     * <p>Views of {@link #actingAs} act for {@link User#customerId}, and that of an API key for one customer acts for
     * that one.
     *
     * @throws SaasException {@code record.missing} if the customer does not exist, or if the acting account is not in
     *     its team
     */
    Saas actingFor(CustomerId customer);

    /**
     * Returns a view with all rights if the password is the master password; empty if it is wrong or none is set.
     *
     * @throws SaasException {@code access.busy} if too many passwords are being checked
     */
    Optional<Saas> withMasterPassword(String password);

    /**
     * Returns a view with all rights, as {@link #withMasterPassword(String)}. The audit log contains the client
     * address. After too many failures the address has to wait; after many more failures from all addresses together,
     * all of them have to.
     *
     * @param clientAddress null: not known
     * @throws SaasException {@code access.busy} if too many passwords are being checked
     */
    Optional<Saas> withMasterPassword(String password, @Nullable String clientAddress);

    /**
     * Changes the master password on all nodes, permanently. Requires all rights.
     *
     * @throws SaasException {@code account.invalid}, {@code access.not-allowed}
     */
    void changeMasterPassword(String newPassword);

    /**
     * Forgets a master password that was changed, on all nodes. Then the one that each was opened with counts, or none.
     * Requires all rights.
     *
     * @return whether there was one
     * @throws SaasException {@code access.not-allowed}
     */
    boolean forgetMasterPassword();

    /** Returns whether the control plane has not been closed. Does no I/O. */
    boolean isOpen();

    /** Checks the backend. Never throws. */
    Health health();

    /**
     * Closes the control plane and what it opened. A backend that the embedder opened stays open. Does nothing if it is
     * already closed.
     */
    @Override
    void close();
}
