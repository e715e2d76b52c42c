// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant.support;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;

/** Puts the banner into a page while the application writes it. Buffers nothing. */
final class BannerOutput extends ServletOutputStream {
    private final ServletOutputStream out;
    private final byte[] banner;
    private final BannerPosition position = new BannerPosition();

    BannerOutput(ServletOutputStream out, byte[] banner) {
        this.out = out;
        this.banner = banner;
    }

    @Override
    public void write(int each) throws IOException {
        write(new byte[] {(byte) each}, 0, 1);
    }

    /** Writes once, also with the banner: without blocking, an application may not write twice. */
    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        int at = position.next(bytes, from, length);
        if (at < 0) {
            out.write(bytes, from, length);
            return;
        }
        byte[] both = new byte[length + banner.length];
        int before = at - from;
        System.arraycopy(bytes, from, both, 0, before);
        System.arraycopy(banner, 0, both, before, banner.length);
        System.arraycopy(bytes, at, both, before + banner.length, length - before);
        out.write(both, 0, both.length);
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }

    @Override
    public boolean isReady() {
        return out.isReady();
    }

    @Override
    public void setWriteListener(WriteListener listener) {
        out.setWriteListener(listener);
    }
}
