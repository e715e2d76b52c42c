// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.AddonStatus;
import dev.allotment.CustomDomain;
import dev.allotment.Customer;
import dev.allotment.Event;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.PlanVersion;
import dev.allotment.RecordQuota;
import dev.allotment.Template;
import dev.allotment.Usage;
import dev.allotment.User;
import dev.allotment.access.Group;
import dev.allotment.access.Member;
import dev.allotment.billing.Payment;
import dev.allotment.fleet.Node;
import dev.allotment.fleet.Server;
import dev.allotment.identity.IdentityProvider;
import dev.allotment.support.SupportAccess;
import dev.allotment.support.SupportSetting;
import dev.allotment.team.TeamMember;
import dev.allotment.webhook.WebhookAttempt;
import dev.allotment.webhook.WebhookEndpoint;
import dev.allotment.webhook.WebhookMessage;
import java.util.List;

/** All types of records that a backend stores. */
public final class RecordTypes {
    /** Accounts. */
    public static final RecordType<User> USERS =
            RecordType.of(User.class, "users").unique("login");

    /** Hashed passwords, in the catalog and in tenant databases. */
    public static final RecordType<Credential> CREDENTIALS =
            RecordType.of(Credential.class, "credentials").unique("userId");

    /** Customers. */
    public static final RecordType<Customer> CUSTOMERS = RecordType.of(Customer.class, "customers");

    /** Plans. */
    public static final RecordType<Plan> PLANS = RecordType.of(Plan.class, "plans");

    /** Versions of plans. */
    public static final RecordType<PlanVersion> PLAN_VERSIONS =
            RecordType.of(PlanVersion.class, "plan_versions").unique("planId", "number");

    /** Database servers. */
    public static final RecordType<Server> SERVERS =
            RecordType.of(Server.class, "servers").unique("name");

    /** Encrypted passwords of database servers. */
    public static final RecordType<ServerSecret> SERVER_SECRETS =
            RecordType.of(ServerSecret.class, "server_secrets").unique("serverId");

    /** Templates. */
    public static final RecordType<Template> TEMPLATES =
            RecordType.of(Template.class, "templates").unique("name").unique("uuid");

    /** Tenants. */
    public static final RecordType<StoredTenant> TENANTS =
            RecordType.of(StoredTenant.class, "tenants").unique("uuid");

    /** Custom domains of tenants. */
    public static final RecordType<CustomDomain> CUSTOM_DOMAINS =
            RecordType.of(CustomDomain.class, "custom_domains").unique("host");

    /** Reserved names. */
    public static final RecordType<ReservedName> RESERVED_NAMES =
            RecordType.of(ReservedName.class, "reserved_names").unique("name");

    /** Operations. */
    public static final RecordType<StoredOperation> OPERATIONS =
            RecordType.of(StoredOperation.class, "operations").unique("uuid").unique("idempotencyKey");

    /** Nodes that work on the catalog. */
    public static final RecordType<Node> NODES =
            RecordType.of(Node.class, "nodes").unique("name");

    /** Sign-in links. */
    public static final RecordType<AccessToken> ACCESS_TOKENS =
            RecordType.of(AccessToken.class, "access_tokens").unique("hash");

    /** Authorization codes. */
    public static final RecordType<AuthorizationCode> AUTHORIZATION_CODES =
            RecordType.of(AuthorizationCode.class, "authorization_codes").unique("hash");

    /** Password resets. */
    public static final RecordType<PasswordReset> PASSWORD_RESETS =
            RecordType.of(PasswordReset.class, "password_resets").unique("hash");

    /** Sessions. */
    public static final RecordType<StoredSession> SESSIONS =
            RecordType.of(StoredSession.class, "sessions").unique("hash");

    /** Second factors of accounts. */
    public static final RecordType<StoredFactor> SECOND_FACTORS =
            RecordType.of(StoredFactor.class, "second_factors").unique("userId");

    /** Passkeys of accounts. */
    public static final RecordType<StoredPasskey> PASSKEYS =
            RecordType.of(StoredPasskey.class, "passkeys").unique("credential");

    /** Challenges that passkeys have answered. */
    public static final RecordType<UsedChallenge> USED_CHALLENGES =
            RecordType.of(UsedChallenge.class, "used_challenges").unique("hash");

    /** The customers whose teams need second factors. */
    public static final RecordType<FactorRule> FACTOR_RULES =
            RecordType.of(FactorRule.class, "factor_rules").unique("customerId");

    /** Identity providers. */
    public static final RecordType<IdentityProvider> IDENTITY_PROVIDERS =
            RecordType.of(IdentityProvider.class, "identity_providers");

    /** Encrypted secrets of identity providers. */
    public static final RecordType<ProviderSecret> PROVIDER_SECRETS =
            RecordType.of(ProviderSecret.class, "provider_secrets").unique("providerId");

    /** Persons at identity providers, with their accounts. */
    public static final RecordType<ProvidedIdentity> PROVIDED_IDENTITIES =
            RecordType.of(ProvidedIdentity.class, "provided_identities").unique("providerId", "subject");

    /** Mail domains of customers. */
    public static final RecordType<StoredMailDomain> MAIL_DOMAINS = RecordType.of(
                    StoredMailDomain.class, "mail_domains")
            .unique("customerId", "name")
            .unique("verifiedName");

    /** API keys, in the catalog and in tenant databases. */
    public static final RecordType<StoredApiKey> API_KEYS =
            RecordType.of(StoredApiKey.class, "api_keys").unique("hash");

    /** The audit log. */
    public static final RecordType<Event> EVENTS =
            RecordType.of(Event.class, "events").unique("uuid");

    /** Events that are still to be delivered. */
    public static final RecordType<Delivery> DELIVERIES =
            RecordType.of(Delivery.class, "deliveries").unique("eventId", "listener");

    /** Spares of the warm pool. */
    public static final RecordType<Spare> SPARES =
            RecordType.of(Spare.class, "spares").unique("uuid").unique("name");

    /** Usage by day. */
    public static final RecordType<Usage> USAGE =
            RecordType.of(Usage.class, "usage").unique("tenantId", "day");

    /** Up to which day all tenants have usage. */
    public static final RecordType<UsagePosition> USAGE_POSITIONS =
            RecordType.of(UsagePosition.class, "usage_positions").unique("name");

    /** When backups of tenants are to be restored as drills. */
    public static final RecordType<DrillTurn> DRILL_TURNS =
            RecordType.of(DrillTurn.class, "drill_turns").unique("tenantId");

    /** Payment states of customers and tenants. */
    public static final RecordType<Payment> PAYMENTS =
            RecordType.of(Payment.class, "payments").unique("tenantId");

    /** Accounts in the teams of customers. */
    public static final RecordType<TeamMember> TEAM_MEMBERS =
            RecordType.of(TeamMember.class, "team_members").unique("customerId", "userId");

    /** Invitations to teams. */
    public static final RecordType<StoredInvitation> TEAM_INVITATIONS =
            RecordType.of(StoredInvitation.class, "team_invitations").unique("hash");

    /** The brand that is applied, and drafts of others. */
    public static final RecordType<StoredBrand> BRANDS =
            RecordType.of(StoredBrand.class, "brands").unique("scope");

    /** Images and fonts of brands. */
    public static final RecordType<StoredBrandFile> BRAND_FILES =
            RecordType.of(StoredBrandFile.class, "brand_files").unique("hash");

    /** Support access of operators to tenants. */
    public static final RecordType<SupportAccess> SUPPORT_ACCESSES =
            RecordType.of(SupportAccess.class, "support_accesses");

    /** Uses of support access. */
    public static final RecordType<StoredSupportUse> SUPPORT_USES =
            RecordType.of(StoredSupportUse.class, "support_uses").unique("hash");

    /** Standing answers of customers to requests for support access. */
    public static final RecordType<SupportSetting> SUPPORT_SETTINGS =
            RecordType.of(SupportSetting.class, "support_settings").unique("customerId");

    /** Webhook endpoints. */
    public static final RecordType<WebhookEndpoint> WEBHOOK_ENDPOINTS =
            RecordType.of(WebhookEndpoint.class, "webhook_endpoints");

    /** Encrypted secrets of webhook endpoints. */
    public static final RecordType<WebhookSecret> WEBHOOK_SECRETS =
            RecordType.of(WebhookSecret.class, "webhook_secrets");

    /** Encrypted tokens of webhook endpoints that receive usage. */
    public static final RecordType<WebhookToken> WEBHOOK_TOKENS =
            RecordType.of(WebhookToken.class, "webhook_tokens").unique("endpointId");

    /** Up to which event messages to webhook endpoints were made. */
    public static final RecordType<WebhookPosition> WEBHOOK_POSITIONS =
            RecordType.of(WebhookPosition.class, "webhook_positions").unique("name");

    /** Requests to send events of the past to webhook endpoints. */
    public static final RecordType<WebhookRecovery> WEBHOOK_RECOVERIES =
            RecordType.of(WebhookRecovery.class, "webhook_recoveries").unique("endpointId");

    /** Messages to webhook endpoints. */
    public static final RecordType<WebhookMessage> WEBHOOK_MESSAGES =
            RecordType.of(WebhookMessage.class, "webhook_messages").unique("endpointId", "eventId");

    /** Attempts to send messages to webhook endpoints. */
    public static final RecordType<WebhookAttempt> WEBHOOK_ATTEMPTS =
            RecordType.of(WebhookAttempt.class, "webhook_attempts");

    /** Parameters, in the catalog and in tenant databases. */
    public static final RecordType<Parameter> PARAMETERS =
            RecordType.of(Parameter.class, "parameters").unique("key");

    /** Members of a tenant. */
    public static final RecordType<Member> MEMBERS =
            RecordType.of(Member.class, "members").unique("login");

    /** Groups of a tenant. */
    public static final RecordType<Group> GROUPS =
            RecordType.of(Group.class, "groups").unique("xmlId");

    /** Memberships of members in groups. */
    public static final RecordType<Membership> MEMBERSHIPS =
            RecordType.of(Membership.class, "memberships").unique("groupId", "memberId");

    /** Add-ons of a tenant. */
    public static final RecordType<AddonStatus> ADDONS =
            RecordType.of(AddonStatus.class, "addons").unique("name");

    /** Record quotas of a tenant. */
    public static final RecordType<RecordQuota> RECORD_QUOTAS =
            RecordType.of(RecordQuota.class, "record_limits").unique("model", "domain");

    /** Operation markers of a tenant. */
    public static final RecordType<AppliedOperation> APPLIED_OPERATIONS =
            RecordType.of(AppliedOperation.class, "applied_operations").unique("operation");

    /** The sequence that numbers the {@code %i} of name templates. */
    public static final String TENANT_NUMBER = "tenant_number";

    private RecordTypes() {}

    /** Returns what a {@link Catalog} stores. */
    public static List<RecordType<?>> catalog() {
        return List.of(
                USERS,
                CREDENTIALS,
                CUSTOMERS,
                PLANS,
                PLAN_VERSIONS,
                SERVERS,
                SERVER_SECRETS,
                TEMPLATES,
                TENANTS,
                CUSTOM_DOMAINS,
                RESERVED_NAMES,
                OPERATIONS,
                NODES,
                ACCESS_TOKENS,
                AUTHORIZATION_CODES,
                PASSWORD_RESETS,
                SESSIONS,
                SECOND_FACTORS,
                PASSKEYS,
                USED_CHALLENGES,
                FACTOR_RULES,
                IDENTITY_PROVIDERS,
                PROVIDER_SECRETS,
                PROVIDED_IDENTITIES,
                MAIL_DOMAINS,
                API_KEYS,
                EVENTS,
                DELIVERIES,
                SPARES,
                USAGE,
                USAGE_POSITIONS,
                DRILL_TURNS,
                PAYMENTS,
                TEAM_MEMBERS,
                TEAM_INVITATIONS,
                BRANDS,
                BRAND_FILES,
                SUPPORT_ACCESSES,
                SUPPORT_USES,
                SUPPORT_SETTINGS,
                WEBHOOK_ENDPOINTS,
                WEBHOOK_SECRETS,
                WEBHOOK_TOKENS,
                WEBHOOK_POSITIONS,
                WEBHOOK_RECOVERIES,
                WEBHOOK_MESSAGES,
                WEBHOOK_ATTEMPTS,
                PARAMETERS);
    }

    /** Returns what every tenant database stores. */
    public static List<RecordType<?>> database() {
        return List.of(
                MEMBERS,
                CREDENTIALS,
                API_KEYS,
                GROUPS,
                MEMBERSHIPS,
                ADDONS,
                RECORD_QUOTAS,
                APPLIED_OPERATIONS,
                PARAMETERS);
    }

    /** Returns the sequences of the catalog. Tenant databases have none. */
    public static List<String> sequences() {
        return List.of(TENANT_NUMBER);
    }
}
