// SPDX-License-Identifier: Apache-2.0
package dev.allotment.payments;

import dev.allotment.ErrorCodes;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.spi.Settings;
import dev.allotment.spi.protocol.ProtocolAdapter;
import dev.allotment.spi.protocol.ProtocolProvider;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Creates the receivers of payment systems. The service loader finds it under the name {@code payments}. Each receiver
 * exists only if its secret is set. Thread-safe.
 */
public final class PaymentsProvider implements ProtocolProvider {
    static final String NAME = "payments";

    private static final Pattern ATTRIBUTE = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");

    private final Clock clock;

    /** Creates the provider, with the clock of the system. */
    public PaymentsProvider() {
        this(Clock.systemUTC());
    }

    /** Creates the provider, with a clock that says how old a message is. */
    public PaymentsProvider(Clock clock) {
        this.clock = clock;
    }

    @Override
    public String name() {
        return NAME;
    }

    /**
     * Creates the adapter; does no I/O. Ignores the settings of other protocols.
     *
     * @param settings {@code payments.stripe.secret}, {@code payments.stripe.attribute}, {@code payments.lago.secret}
     *     and {@code payments.lago.attribute}
     * @throws SaasException {@code setting.invalid}
     */
    @Override
    public ProtocolAdapter open(Saas saas, Settings settings) {
        Map<String, Receiver> receivers = new LinkedHashMap<>();
        String stripe = settings.secret("payments.stripe.secret");
        if (stripe != null) {
            receivers.put(
                    "/payments/stripe",
                    new StripeReceiver(Secrets.shared(stripe), attribute(settings, "stripe"), clock));
        }
        String lago = settings.secret("payments.lago.secret");
        if (lago != null) {
            receivers.put("/payments/lago", new LagoReceiver(Secrets.of(lago), attribute(settings, "lago")));
        }
        return new PaymentsAdapter(receivers, new Reports(saas));
    }

    private static String attribute(Settings settings, String system) {
        String key = "payments." + system + ".attribute";
        String name = settings.text(key, system + ".customer").strip();
        if (!ATTRIBUTE.matcher(name).matches()) {
            throw SaasException.invalid(
                    ErrorCodes.SETTING_INVALID,
                    key
                            + " is the key of an attribute: 1 to 64 lower case letters, digits, dots, underscores and hyphens,"
                            + " starting with a letter or a digit.");
        }
        return name;
    }
}
