// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.account;

import dev.allotment.access.SecondFactors.Setup;
import dev.allotment.portal.web.Form;
import io.nayuki.qrcodegen.QrCode;
import org.jspecify.annotations.Nullable;

/**
 * The content of the page on which a second factor is set up.
 *
 * @param setup null: it has not been started
 * @param action the path that the code is sent to; the start has {@code /start} after it
 * @param redirect where to go after signing in, a path of this site; empty for the start page of the user
 * @param required whether the user can do nothing else
 */
public record SetupView(Form form, @Nullable Setup setup, String action, String redirect, boolean required) {
    /** Returns the secret in groups that are easy to type. */
    public String secret() {
        return setup == null ? "" : String.join(" ", setup.secret().split("(?<=\\G.{4})"));
    }

    /** Returns the address that opens an app on the same device. */
    public String address() {
        return setup == null ? "" : setup.uri().toString();
    }

    /** Returns the address as a QR code, for apps on another device. */
    public Code code() {
        return new Code(QrCode.encodeText(address(), QrCode.Ecc.MEDIUM));
    }

    /** A QR code as an image. */
    public record Code(QrCode code) {
        /** Scanners need this many light modules around a code (ISO/IEC 18004). */
        private static final int QUIET = 4;

        /** Returns how many modules the image has in each direction. */
        public int size() {
            return code.size + 2 * QUIET;
        }

        /** Returns the dark modules as the path of an SVG image. */
        public String path() {
            StringBuilder path = new StringBuilder();
            for (int y = 0; y < code.size; y++) {
                for (int x = 0; x < code.size; x++) {
                    if (code.getModule(x, y)) {
                        path.append('M')
                                .append(x + QUIET)
                                .append(' ')
                                .append(y + QUIET)
                                .append("h1v1h-1z");
                    }
                }
            }
            return path.toString();
        }
    }
}
