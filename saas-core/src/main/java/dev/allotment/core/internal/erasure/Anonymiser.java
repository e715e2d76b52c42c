// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.erasure;

import dev.allotment.CustomDomain;
import dev.allotment.Customer;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.Role;
import dev.allotment.SaasException;
import dev.allotment.TenantId;
import dev.allotment.Usage;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.Pseudonyms;
import dev.allotment.core.internal.operation.SharedInput;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.ReservedName;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How rows look that no longer name a customer. From rows about its accounts and tenants, only what cannot name a
 * person is kept. In all other rows, its addresses and the names of its databases are replaced. Immutable. Applied
 * twice, the second time changes nothing.
 */
final class Anonymiser {
    /** Details of events about its accounts and tenants that are kept: numbers, times, and names of the provider. */
    private static final Set<String> KEPT = Set.of(
            "plan",
            "notify",
            "install",
            "update",
            "uninstall",
            "suspended",
            "before",
            "neutralised",
            "expiresAt",
            "cause",
            "until",
            "account",
            "operation",
            "kind",
            "step",
            "node",
            "uuid",
            "server",
            "sourceServer",
            "requestedAt",
            "verified",
            "verifiedAt",
            "backups",
            "files",
            "findings",
            "finding",
            "bytes",
            "used",
            "limit",
            "count",
            "members",
            "error",
            "key",
            "scope",
            "expires",
            "replaces",
            "imported",
            "installed",
            "removed",
            "forced",
            "customer",
            "tenants",
            "day",
            "since",
            "suspendsAt",
            "left",
            "passkey",
            "provider",
            "mailDomain",
            "supportAccess",
            "right",
            "standing",
            "use");

    /** The types whose details {@code from} and {@code to} are numbers, times, or names of the provider. */
    private static final Set<EventType> CHANGES = Set.of(
            EventType.TENANT_EXTENDED,
            EventType.TENANT_MOVED,
            EventType.TENANT_MIGRATED,
            EventType.TENANT_PLAN_SWITCHED,
            EventType.PAYMENT_CHANGED);

    /** The types whose detail {@code backup} is a text of the embedder. Others have the identity of a backup. */
    private static final Set<EventType> SAVED = Set.of(EventType.TENANT_BACKED_UP, EventType.TENANT_DELETED);

    /** The types whose detail {@code reason} is a word of the program. Others have a text of an administrator. */
    private static final Set<EventType> WITH_REASON = Set.of(EventType.BACKUP_DELETED, EventType.SESSIONS_ENDED);

    private static final String REQUESTED_BY = "requestedBy";

    /** The keys whose values are logins. */
    private static final Set<String> LOGINS = Set.of(REQUESTED_BY, "user", "login");

    /** The keys whose values are names of databases of any customer. */
    private static final Set<String> NAMES = Set.of("source", "database", "sourceName");

    /** The keys whose values have names of databases in any form, such as the filter of a campaign. */
    private static final Set<String> LISTS = Set.of("filter", "moves", "only", "drop");

    /** The kinds of operations that make a tenant, and remove its record if they fail. */
    private static final Set<OperationKind> CREATIONS = Set.of(
            OperationKind.CREATE_TENANT,
            OperationKind.DUPLICATE_TENANT,
            OperationKind.RESTORE_BACKUP,
            OperationKind.ADOPT_TENANT);

    private final ErasedCustomer customer;
    /** Its tenants, also those whose creation failed. */
    private final Set<TenantId> tenants = new HashSet<>();

    private final Map<String, UserId> logins = new HashMap<>();
    /** The administrators, and the embedder. */
    private final Set<String> provider = new HashSet<>();
    /** What takes the place of its addresses, in lower case. */
    private final Map<String, String> addresses = new HashMap<>();
    /** What takes the place of the names of its databases, unless the catalog knows that another customer had one. */
    private final Map<String, String> names = new HashMap<>();

    private final @Nullable Pattern addressPattern;
    private final @Nullable Pattern namePattern;
    private final @Nullable Pattern wordPattern;

    Anonymiser(Transaction tx, ErasedCustomer customer) {
        this.customer = customer;
        tenants.addAll(customer.tenants().keySet());
        tx
                .records(RecordTypes.OPERATIONS)
                .list(Query.where(Filter.and(
                        Filter.in(StoredOperation.KIND, CREATIONS),
                        Filter.equal(StoredOperation.STATE, OperationState.FAILED))))
                .stream()
                .filter(each -> customer.id().equals(SharedInput.of(each).customer()))
                .map(StoredOperation::tenantId)
                .filter(Objects::nonNull)
                .forEach(tenants::add);
        tx.records(RecordTypes.CUSTOMERS)
                .find(customer.id().value())
                .map(Customer::email)
                .ifPresent(each -> addAddress(tx, each, Pseudonyms.TEXT));
        for (User each : customer.accounts().values()) {
            logins.put(each.login(), each.id());
            if (each.email() != null) {
                addAddress(tx, each.email(), Pseudonyms.account(each.id()));
            }
            addAddress(tx, each.login(), Pseudonyms.account(each.id()));
        }
        provider.add(Actor.HOST_LOGIN);
        tx.records(RecordTypes.USERS)
                .list(Query.where(Filter.notEqual(User.ROLE, Role.PORTAL)))
                .forEach(each -> provider.add(each.login()));
        addNames(tx);
        // The last condition distinguishes an address at example.com from one at example.com.au.
        String end = "(?![\\p{Alnum}_-])(?!\\.\\p{Alnum})";
        addressPattern = pattern("(?<![\\p{Alnum}._%+@-])", addresses.keySet(), end);
        namePattern = pattern("(?<=(?:atabase|enant) \")", names.keySet(), "(?=\")");
        wordPattern = pattern("(?<![\\p{Alnum}._-])", names.keySet(), end);
    }

    /** A customer may have entered the address of another person, whose traces must stay. */
    private void addAddress(Transaction tx, String address, String pseudonym) {
        String literal = Filter.literal(address);
        boolean another = tx
                .records(RecordTypes.USERS)
                .values(
                        User.ID,
                        Query.where(Filter.or(
                                Filter.likeIgnoringCase(User.LOGIN, literal),
                                Filter.likeIgnoringCase(User.EMAIL, literal))))
                .stream()
                .anyMatch(id -> !customer.accounts().containsKey(id));
        if (address.indexOf('@') > 0 && !another) {
            addresses.put(address.toLowerCase(Locale.ROOT), pseudonym);
        }
    }

    /** Includes former names that the catalog still has. */
    private void addNames(Transaction tx) {
        Map<UUID, TenantId> holders = new HashMap<>();
        customer.tenants().values().forEach(each -> holders.put(each.uuid(), each.id()));
        tx.records(RecordTypes.EVENTS)
                .list(Query.where(Filter.and(
                        Filter.equal(Event.TYPE, EventType.TENANT_RENAMED),
                        Filter.in(Event.TENANT_ID, customer.tenants().keySet()))))
                .forEach(each -> addName(each.details().get("from"), each.tenantId()));
        tx.records(RecordTypes.RESERVED_NAMES)
                .list(Query.where(Filter.in(ReservedName.HOLDER, holders.keySet())))
                .forEach(each -> addName(each.name(), holders.get(each.holder())));
        customer.tenants().values().forEach(each -> addName(each.name(), each.id()));
        Filter<StoredTenant> another = Filter.not(Filter.in(StoredTenant.UUID, holders.keySet()));
        tx.records(RecordTypes.TENANTS)
                .values(
                        StoredTenant.NAME,
                        Query.where(Filter.and(Filter.in(StoredTenant.NAME, names.keySet()), another)))
                .forEach(names::remove);
        Filter<ReservedName> others = Filter.not(Filter.in(ReservedName.HOLDER, holders.keySet()));
        tx.records(RecordTypes.RESERVED_NAMES)
                .values(
                        ReservedName.NAME,
                        Query.where(Filter.and(Filter.in(ReservedName.NAME, names.keySet()), others)))
                .forEach(names::remove);
    }

    private void addName(@Nullable String name, @Nullable TenantId tenant) {
        if (name != null && tenant != null && !name.equals(Pseudonyms.TEXT)) {
            names.put(name, Pseudonyms.tenant(tenant));
        }
    }

    private static @Nullable Pattern pattern(String before, Set<String> words, String after) {
        return words.isEmpty()
                ? null
                : Pattern.compile(
                        words.stream()
                                .map(Pattern::quote)
                                .collect(Collectors.joining("|", before + "(?:", ")" + after)),
                        Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
    }

    Event event(Event event) {
        boolean own = isOwn(event.tenantId())
                || isOwn(event.userId())
                || ApiKeyScope.ofCustomer(customer.id())
                        .toString()
                        .equals(event.details().get("scope"));
        Map<String, String> details = new HashMap<>();
        event.details().forEach((key, value) -> details.put(key, own ? detail(event, key, value) : text(key, value)));
        return new Event(
                event.id(),
                event.uuid(),
                event.at(),
                event.type(),
                actor(event.actor(), own),
                address(event.actor(), event.clientAddress(), own),
                event.tenantId(),
                event.userId(),
                details);
    }

    private boolean isOwn(@Nullable TenantId tenant) {
        return tenant != null && tenants.contains(tenant);
    }

    private boolean isOwn(@Nullable UserId account) {
        return account != null && customer.accounts().containsKey(account);
    }

    private String detail(Event event, String key, String value) {
        TenantId tenant = event.tenantId();
        UserId account = event.userId();
        if (key.equals("name") && tenant != null) {
            return Pseudonyms.tenant(tenant);
        }
        if (key.equals("login") && account != null) {
            return Pseudonyms.account(account);
        }
        if (key.equals(REQUESTED_BY)) {
            return actor(value, true);
        }
        return isKept(event.type(), key) ? value : Pseudonyms.TEXT;
    }

    private static boolean isKept(EventType type, String key) {
        return switch (key) {
            case "from", "to" -> CHANGES.contains(type);
            case "backup" -> !SAVED.contains(type);
            case "reason" -> WITH_REASON.contains(type);
            case "usage", "day", "revision" -> true;
            default ->
                KEPT.contains(key)
                        || type == EventType.USAGE_CLOSED
                        || (type == EventType.TENANT_CHANGED && key.indexOf('.') > 0 && !key.startsWith("tags."));
        };
    }

    /** @param own whether the row is about the customer, so that each unknown person in it may be one of its people */
    private String actor(String login, boolean own) {
        UserId account = logins.get(login);
        if (account != null) {
            return Pseudonyms.account(account);
        }
        if (!own) {
            return text(login);
        }
        return provider.contains(login) || Pseudonyms.isLogin(login) ? login : Pseudonyms.TEXT;
    }

    private @Nullable String address(String login, @Nullable String clientAddress, boolean own) {
        boolean theirs = own ? login.equals(Actor.HOST_LOGIN) || !provider.contains(login) : logins.containsKey(login);
        return theirs ? null : clientAddress;
    }

    /**
     * Must be called for all operations before the rows are changed in which one that ends could leave a name.
     *
     * @throws SaasException {@link ErrorCodes#TENANT_BUSY} if the operation names the customer and has not ended: it
     *     needs what it has to continue, and its node would write that again
     */
    StoredOperation operation(StoredOperation operation) {
        StoredOperation anonymous = anonymous(operation);
        boolean ended = operation.state() == OperationState.DONE || operation.state() == OperationState.FAILED;
        if (!ended && !anonymous.equals(operation)) {
            throw SaasException.unavailable(
                    ErrorCodes.TENANT_BUSY,
                    "Customer " + customer.id() + " cannot be erased yet: operation " + operation.id()
                            + " names it and has not ended. Wait for it, or cancel it.",
                    null);
        }
        return anonymous;
    }

    private StoredOperation anonymous(StoredOperation operation) {
        boolean own = isOwn(operation.tenantId()) || isCreation(operation);
        boolean theirs = own || logins.containsKey(operation.startedBy());
        String message = operation.errorMessage();
        return operation.toBuilder()
                .startedBy(actor(operation.startedBy(), own))
                .clientAddress(address(operation.startedBy(), operation.clientAddress(), own))
                .idempotencyKey(theirs ? null : operation.idempotencyKey())
                .fingerprint(theirs ? null : operation.fingerprint())
                .input(own ? kept(operation.input()) : texts(operation.input()))
                .result(own ? Map.of() : texts(operation.result()))
                .errorMessage(message == null ? null : own ? Pseudonyms.TEXT : text(message))
                .build();
    }

    private boolean isCreation(StoredOperation operation) {
        return operation.kind() == OperationKind.CREATE_CUSTOMER
                && customer.id().toString().equals(operation.result().get("customer"));
    }

    /** A number of a customer stays, since it says whose a creation was that failed. */
    private static Map<String, String> kept(Map<String, String> input) {
        Map<String, String> kept = new HashMap<>(input);
        kept.keySet().retainAll(Set.of("customer"));
        return kept;
    }

    Usage usage(Usage usage) {
        return !isOwn(usage.tenantId())
                ? usage
                : usage.toBuilder().name(Pseudonyms.tenant(usage.tenantId())).build();
    }

    CustomDomain domain(CustomDomain domain) {
        return new CustomDomain(
                domain.id(), domain.host(), domain.tenantId(), domain.verifiedAt(), actor(domain.addedBy(), false));
    }

    private Map<String, String> texts(Map<String, String> values) {
        Map<String, String> texts = new HashMap<>();
        values.forEach((key, value) -> texts.put(key, text(key, value)));
        return texts;
    }

    private String text(String key, String value) {
        UserId account = logins.get(value);
        if (account != null && LOGINS.contains(key)) {
            return Pseudonyms.account(account);
        }
        String text = text(value);
        return LISTS.contains(key)
                ? replace(wordPattern, text, names)
                : NAMES.contains(key) ? names.getOrDefault(value, text) : text;
    }

    private String text(String text) {
        return replace(namePattern, replace(addressPattern, text, addresses), names);
    }

    /** @param replacements by what they replace, in lower case */
    private static String replace(@Nullable Pattern pattern, String text, Map<String, String> replacements) {
        return pattern == null
                ? text
                : pattern.matcher(text)
                        .replaceAll(match -> Matcher.quoteReplacement(
                                replacements.getOrDefault(match.group().toLowerCase(Locale.ROOT), Pseudonyms.TEXT)));
    }
}
