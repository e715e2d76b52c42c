// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.parameter;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Parameters;
import dev.allotment.SaasException;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.base.UnitOfWork;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Manages the parameters of one database, without the hidden ones. */
public final class ParameterUseCases extends RecordLookup<Long, Parameter> implements Parameters {
    private static final int MAX_KEY = 256;
    private static final int MAX_VALUE = 100_000;

    /** Sets, changes or removes a parameter by the rules of its database. */
    public interface Setter {
        void set(Transaction tx, String key, @Nullable String value);

        /** Called when a change was stored. */
        default void stored(String key, boolean removed) {}
    }

    private final Consumer<String> requireRight;
    private final boolean seesHidden;
    private final Setter setter;

    /** @param requireRight throws {@code access.not-allowed} for an actor that may not do what it is given */
    public ParameterUseCases(UnitOfWork work, Consumer<String> requireRight, boolean seesHidden, Setter setter) {
        super(work, RecordTypes.PARAMETERS, "Parameter");
        this.requireRight = requireRight;
        this.seesHidden = seesHidden;
        this.setter = setter;
    }

    @Override
    protected long number(Long id) {
        return id;
    }

    @Override
    protected Filter<Parameter> visible(Transaction tx) {
        requireRight.accept("access 'ir.config_parameter' records");
        return seesHidden ? Filter.all() : Filter.equal(Parameter.HIDDEN, false);
    }

    @Override
    public Optional<String> value(String key) {
        return work().transact(tx -> value(tx, key));
    }

    private Optional<String> value(Transaction tx, String key) {
        Filter<Parameter> visible = visible(tx);
        return visibleValue(ParameterRows.find(tx, key), visible);
    }

    private static Optional<String> visibleValue(Optional<Parameter> present, Filter<Parameter> visible) {
        return present.filter(each -> RecordTypes.PARAMETERS.matches(each, visible))
                .map(Parameter::value);
    }

    @Override
    public Optional<String> set(String key, @Nullable String value) {
        check(key, value);
        Optional<String> before = work().orAgain(tx -> set(tx, key, value));
        String wanted = value == null ? "" : value;
        if (!before.orElse("").equals(wanted)) {
            work().whenStored(() -> setter.stored(key, wanted.isEmpty()));
        }
        return before;
    }

    @Override
    public void replace(long id, String key, String value) {
        check(key, value);
        Parameter before = work().orAgain(tx -> {
            Parameter present = lock(tx, id);
            if (!present.key().equals(key)) {
                if (ParameterRows.find(tx, key).isPresent()) {
                    throw new SaasException(
                            ErrorCategory.CONFLICT,
                            ErrorCodes.RECORD_DUPLICATE,
                            "Parameter " + TextRules.describe(key) + " exists already.",
                            Map.of("type", RecordTypes.PARAMETERS.name()),
                            false,
                            null);
                }
                set(tx, present.key(), null);
            }
            set(tx, key, value);
            return present;
        });
        if (!before.key().equals(key) || !before.value().equals(value)) {
            work().whenStored(() -> setter.stored(key, value.isEmpty()));
        }
    }

    private static void check(String key, @Nullable String value) {
        if (key.isBlank() || key.length() > MAX_KEY || TextRules.hasControl(key)) {
            throw SaasException.invalid(
                    ErrorCodes.CONFIGURATION_INVALID,
                    "The key of a parameter has 1 to " + MAX_KEY + " printable characters; found "
                            + TextRules.describe(key) + ".");
        }
        if (value != null && !TextRules.isStorable(value)) {
            throw SaasException.invalid(
                    ErrorCodes.CONFIGURATION_INVALID,
                    "The value of a parameter must not contain NUL or half a surrogate pair.");
        }
        if (value != null && value.length() > MAX_VALUE) {
            throw SaasException.invalid(
                    ErrorCodes.CONFIGURATION_INVALID,
                    "The value of a parameter has at most " + MAX_VALUE + " characters; found " + value.length() + ".");
        }
    }

    private Optional<String> set(Transaction tx, String key, @Nullable String value) {
        // One look: another caller may store the parameter at the same time.
        Optional<Parameter> present = ParameterRows.find(tx, key);
        Optional<String> before = visibleValue(present, visible(tx));
        if (before.isEmpty() && present.isPresent()) {
            throw SaasException.notAllowed(
                    ErrorCodes.ACCESS_NOT_ALLOWED, "You are not allowed to change parameter " + key + ".");
        }
        setter.set(tx, key, value == null || value.isEmpty() ? null : value);
        return before;
    }
}
