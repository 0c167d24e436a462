//! A served connection that can be made to break at a stated point.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
};

use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// Where and how a connection breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// After so many further bytes, by a reset (RST, RFC 9293 section 3.5.2).
    Within(usize),
    /// Once everything is sent that was said so far.
    Sent {
        /// By a reset, not by an orderly end (FIN).
        reset: bool,
    },
}

/// The order to break a connection, given by who answers on it. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(super) struct Order(Arc<Mutex<Option<Cut>>>);

impl Order {
    /// From now on this holds; a connection breaks only once.
    pub(super) fn give(&self, cut: Cut) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(cut);
    }

    fn given(&self) -> Option<Cut> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection under an [`Order`]. hyper sees a broken pipe where it breaks,
/// and drops it; the other side sees what was ordered.
#[derive(Debug)]
pub(super) struct Fragile {
    stream: TokioIo<TcpStream>,
    order: Order,
}

impl Fragile {
    pub(super) fn new(stream: TcpStream, order: Order) -> Self {
        Self { stream: TokioIo::new(stream), order }
    }

    /// How many of these bytes may go out.
    fn allowed(&self, wanted: usize) -> io::Result<usize> {
        match self.order.given() {
            Some(Cut::Within(0)) => Err(io::ErrorKind::BrokenPipe.into()),
            Some(Cut::Within(left)) => Ok(left.min(wanted)),
            Some(Cut::Sent { .. }) | None => Ok(wanted),
        }
    }

    fn written(&self, bytes: usize) {
        if let Some(Cut::Within(left)) = self.order.given() {
            self.order.give(Cut::Within(left.saturating_sub(bytes)));
        }
    }
}

impl Drop for Fragile {
    fn drop(&mut self) {
        if let Some(Cut::Within(_) | Cut::Sent { reset: true }) = self.order.given() {
            // A socket that refuses the option ends in an orderly way: broken all the same.
            let _ = self.stream.inner().set_zero_linger();
        }
    }
}

impl Read for Fragile {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl Write for Fragile {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let allowed = self.allowed(buf.len())?;
        let written = ready!(Pin::new(&mut self.stream).poll_write(cx, &buf[..allowed]))?;
        self.written(written);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_flush(cx))?;
        match self.order.given() {
            Some(Cut::Sent { .. }) => Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())),
            Some(Cut::Within(_)) | None => Poll::Ready(Ok(())),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.order.given().is_some() {
            // An orderly end would come before the reset.
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if matches!(self.order.given(), Some(Cut::Within(_))) {
            let first = bufs.iter().find(|buf| !buf.is_empty()).map_or(&[][..], |buf| &**buf);
            return self.poll_write(cx, first);
        }
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }
}
