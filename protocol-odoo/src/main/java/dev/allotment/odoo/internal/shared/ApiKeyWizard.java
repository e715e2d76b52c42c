// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.shared;

import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.ApiKeys;
import dev.allotment.access.NewApiKey;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.odoo.internal.model.FixedLookup;
import dev.allotment.odoo.internal.model.ModelTableBuilder;
import dev.allotment.odoo.internal.model.OdooCaller;
import dev.allotment.odoo.internal.model.StoredModel;
import dev.allotment.odoo.internal.value.Faults;
import dev.allotment.odoo.internal.value.MethodSignature;
import dev.allotment.odoo.internal.value.OdooArguments;
import dev.allotment.odoo.internal.value.Value;
import dev.allotment.spi.backend.RecordType;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The dialog in which users of Odoo make an API key, as clients imitate it: they describe a key, confirm the password,
 * and are shown the key. What has been entered is kept by this process for a few minutes, and is visible to its user
 * only. Thread-safe.
 *
 * @param <V> the view of the database
 */
public final class ApiKeyWizard<V> {
    private static final String DESCRIPTION = "res.users.apikeys.description";
    private static final String CHECK = "res.users.identitycheck";
    private static final String SHOWN = "res.users.apikeys.show";
    private static final String NAME = "name";
    private static final String EXPIRATION = "expiration_date";
    private static final String PASSWORD = "password";
    private static final RecordType<Dialog> TYPE = RecordType.of(Dialog.class, "dialogs");

    private static final Duration LIFE = Duration.ofMinutes(10);

    /** If a user has more dialogs, or a database, its oldest is forgotten, and never one of another database. */
    private static final int MOST_OF_USER = 5;

    private static final int MOST_OF_DATABASE = 100;
    private static final int MAX_NAME = 256;
    private static final int MAX_PASSWORD = 4096;

    private static final MethodSignature CREATE =
            MethodSignature.required("vals_list").withAlias("vals", "vals_list").withContextByPosition();
    private static final MethodSignature READ =
            MethodSignature.required("ids").optional("fields", "load").withContextByPosition();
    private static final MethodSignature WRITE =
            MethodSignature.required("ids", "vals").withContextByPosition();
    private static final MethodSignature ON_IDS =
            MethodSignature.required("ids").withContextByPosition();

    private final Function<V, ApiKeys> apiKeys;
    private final Function<V, String> database;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    /** The oldest first. */
    private final Map<Long, Dialog> dialogs = Collections.synchronizedMap(new LinkedHashMap<>());

    /**
     * Creates the dialog of a kind of database.
     *
     * @param database returns the identity of the database
     */
    public ApiKeyWizard(Function<V, ApiKeys> apiKeys, Function<V, String> database, Clock clock) {
        this.apiKeys = apiKeys;
        this.database = database;
        this.clock = clock;
    }

    /**
     * A dialog.
     *
     * @param expiration of the key
     * @param password empty until it is entered, and after it was checked
     * @param end when the dialog is forgotten
     */
    public record Dialog(
            long id,
            String database,
            long uid,
            String name,
            @Nullable Instant expiration,
            String password,
            Instant end) {
        private Dialog with(String entered) {
            return new Dialog(id, database, uid, name, expiration, entered, end);
        }
    }

    /** {@code res.users.apikeys.description}. */
    public StoredModel<V, Dialog> description() {
        return new StoredModel<>(table(DESCRIPTION)
                        .text(NAME, "Description", NAME, Dialog::name, (dialog, name) -> dialog)
                        .instant(
                                EXPIRATION,
                                "Expiration Date",
                                "expiration",
                                Dialog::expiration,
                                (dialog, end) -> dialog))
                .method("create", CREATE, this::create)
                .method("read", READ, (caller, arguments) -> {
                    Dialog dialog = find(caller, arguments, DESCRIPTION);
                    return List.of(Map.of("id", dialog.id(), NAME, dialog.name()));
                })
                .method(
                        "make_key",
                        ON_IDS,
                        (caller, arguments) -> action(
                                "Security Control",
                                CHECK,
                                Map.of(
                                        "res_id",
                                        find(caller, arguments, DESCRIPTION).id())));
    }

    /** {@code res.users.identitycheck}. */
    public StoredModel<V, Dialog> identityCheck() {
        return new StoredModel<>(
                        table(CHECK).text(PASSWORD, "Password", PASSWORD, dialog -> null, (dialog, password) -> dialog))
                .method(
                        "read",
                        READ,
                        (caller, arguments) -> List.of(
                                Map.of("id", find(caller, arguments, CHECK).id(), PASSWORD, false)))
                .method("write", WRITE, this::enterPassword)
                .method("run_check", ON_IDS, this::make);
    }

    /** Searches find nothing: a caller knows the id. */
    private ModelTableBuilder<V, Dialog> table(String model) {
        return new ModelTableBuilder<V, Dialog>(model, view -> new FixedLookup<>(TYPE, List.of(), () -> {}), Dialog::id)
                .named(Dialog::name, NAME)
                .ordered("id");
    }

    private Object create(OdooCaller<V> caller, OdooArguments arguments) {
        requireChange(caller, DESCRIPTION, "create");
        Value given = arguments.get("vals_list");
        boolean several = given.raw() instanceof List<?> list && list.size() == 1;
        Map<String, Object> values =
                several ? new Value(given.fault(), given.what(), given.list().get(0)).struct() : given.struct();
        for (String field : values.keySet()) {
            if (!field.equals(NAME) && !field.equals(EXPIRATION)) {
                throw Faults.invalidField(field, DESCRIPTION);
            }
        }
        Instant expiration = value(EXPIRATION, values).instant();
        String name = value(NAME, values).atMost(MAX_NAME).text();
        String of = database.apply(caller.view());
        Instant now = clock.instant();
        synchronized (dialogs) {
            dialogs.values().removeIf(each -> !now.isBefore(each.end()));
            forgetOldest(
                    MOST_OF_USER,
                    each -> each.uid() == caller.uid() && each.database().equals(of));
            forgetOldest(MOST_OF_DATABASE, each -> each.database().equals(of));
            long id;
            do {
                id = 1L + random.nextInt(Integer.MAX_VALUE);
            } while (dialogs.containsKey(id));
            dialogs.put(id, new Dialog(id, of, caller.uid(), name, expiration, "", now.plus(LIFE)));
            return several ? List.of(id) : (Object) id;
        }
    }

    /** Makes room for one more of these dialogs. */
    private void forgetOldest(int most, Predicate<Dialog> which) {
        List<Dialog> found = dialogs.values().stream().filter(which).toList();
        if (found.size() >= most) {
            dialogs.remove(found.get(0).id());
        }
    }

    private Object enterPassword(OdooCaller<V> caller, OdooArguments arguments) {
        requireChange(caller, CHECK, "write");
        Map<String, Object> values = arguments.get("vals").struct();
        if (!values.keySet().equals(Set.of(PASSWORD))) {
            throw arguments.get("vals").wrong("a struct with " + PASSWORD);
        }
        String password = value(PASSWORD, values).atMost(MAX_PASSWORD).text();
        Dialog dialog = find(caller, arguments, CHECK);
        dialogs.replace(dialog.id(), dialog.with(password));
        return true;
    }

    /** Makes the key, and forgets the dialog if the password was right. A password is checked once. */
    private Object make(OdooCaller<V> caller, OdooArguments arguments) {
        requireChange(caller, CHECK, "run_check");
        Dialog dialog = find(caller, arguments, CHECK);
        if (dialog.password().isEmpty() || !dialogs.replace(dialog.id(), dialog, dialog.with(""))) {
            throw OdooFault.accessDenied();
        }
        String secret = apiKeys.apply(caller.view())
                .create(new NewApiKey(dialog.name(), ApiKeyScope.EVERYTHING, dialog.expiration()), dialog.password())
                .secret();
        dialogs.remove(dialog.id());
        return action("API Key Ready", SHOWN, Map.of("context", Map.of("default_key", secret)));
    }

    /** A read-only key makes no other key, so it opens no dialog. */
    private static void requireChange(OdooCaller<?> caller, String model, String method) {
        if (caller.readOnly()) {
            throw Faults.notAllowed(model, method, "this API key is read-only.");
        }
    }

    private static Value value(String field, Map<String, Object> values) {
        return new Value(OdooFault.Kind.VALIDATION, "Field '" + field + "'", values.get(field));
    }

    private Dialog find(OdooCaller<V> caller, OdooArguments arguments, String model) {
        List<Long> ids = arguments.get("ids").ids();
        if (ids.size() != 1) {
            throw arguments.get("ids").wrong("one record");
        }
        Dialog dialog = dialogs.get(ids.get(0));
        if (dialog == null
                || dialog.uid() != caller.uid()
                || !dialog.database().equals(database.apply(caller.view()))
                || !clock.instant().isBefore(dialog.end())) {
            throw Faults.missing(model, ids, caller.uid());
        }
        return dialog;
    }

    private static Map<String, Object> action(String name, String model, Map<String, Object> more) {
        Map<String, Object> action = new LinkedHashMap<>();
        action.put("type", "ir.actions.act_window");
        action.put(NAME, name);
        action.put("res_model", model);
        action.put("target", "new");
        action.put("views", List.of(List.of(false, "form")));
        action.putAll(more);
        return action;
    }
}
