//! Who has sent something lately, a comment or a query to be kept? Each address may send a few at once and then one every
//! now and then.
//!
//! What is remembered has a fixed size, whoever sends how much from however many addresses: a table of seats, four of which
//! an address may take. Where all four are taken, whoever has been still for longest gives way. Since that lets a flood
//! from many addresses make itself forgotten, all of them together have a measure too.

use std::{
    hash::{BuildHasher as _, RandomState},
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    extract::ConnectInfo,
    http::{Extensions, HeaderMap},
};

/// How many seats there are, in rows of [`ROW`].
const SEATS: usize = 4_096;
/// How many seats an address may take.
const ROW: usize = 4;

/// So many at once, and another after each such time.
#[derive(Clone, Copy, Debug)]
struct Measure {
    at_once: u32,
    each: Duration,
}

/// For one address.
const OF_ONE: Measure = Measure { at_once: 5, each: Duration::from_secs(120) };
/// For all together.
const OF_ALL: Measure = Measure { at_once: 100, each: Duration::from_secs(6) };

/// What somebody sends; each has measures of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// A comment.
    Comment,
    /// A query to be kept under a short address.
    Link,
}

/// When an address will have its full measure again.
#[derive(Clone, Copy, Debug)]
struct Seat {
    address: u64,
    free: Instant,
}

/// The seats, and when all together will have their full measure again.
type Seats = Mutex<(Vec<Option<Seat>>, Option<Instant>)>;

/// Who has sent something lately.
#[derive(Debug)]
pub struct Visitors {
    comments: Seats,
    links: Seats,
    hasher: RandomState,
}

impl Default for Visitors {
    fn default() -> Self {
        let seats = || Mutex::new((vec![None; SEATS], None));
        Self { comments: seats(), links: seats(), hasher: RandomState::new() }
    }
}

impl Visitors {
    /// Lets somebody send one more, or says how long to wait.
    pub fn admit(&self, what: Sent, address: IpAddr, now: Instant) -> Result<(), Duration> {
        let address = self.hasher.hash_one(network(address));
        let seats = if what == Sent::Comment { &self.comments } else { &self.links };
        let mut seats = seats.lock().unwrap_or_else(PoisonError::into_inner);
        let (seats, all) = &mut *seats;
        let row = usize::try_from(address % (SEATS / ROW) as u64).unwrap_or_default() * ROW;
        let row = &mut seats[row..row + ROW];
        let known = row.iter().position(|seat| seat.is_some_and(|seat| seat.address == address));
        let seat = known.unwrap_or_else(|| {
            let freest = row.iter().enumerate().min_by_key(|(_, seat)| seat.map(|seat| seat.free));
            freest.map_or(0, |(place, _)| place)
        });
        let own = row[seat].filter(|seat| seat.address == address).map(|seat| seat.free);
        let free = taken(OF_ONE, own, now)?;
        *all = Some(taken(OF_ALL, *all, now)?);
        row[seat] = Some(Seat { address, free });
        Ok(())
    }
}

/// When the measure will be full again after one more, or how long there is none.
fn taken(measure: Measure, free: Option<Instant>, now: Instant) -> Result<Instant, Duration> {
    let free = free.map_or(now, |free| free.max(now)) + measure.each;
    let most = measure.each * measure.at_once;
    match (free - now).checked_sub(most) {
        Some(over) if !over.is_zero() => Err(over),
        _ => Ok(free),
    }
}

/// The address that a request came from. One that this machine passes on, as a proxy does, has come from the last address
/// that the proxy names; what others say of themselves is not believed.
pub(super) fn address(extensions: &Extensions, headers: &HeaderMap) -> IpAddr {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let passed_on = headers
        .get_all("x-forwarded-for")
        .iter()
        .next_back()
        .and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
    passed_on.filter(|_| peer.to_canonical().is_loopback()).unwrap_or(peer)
}

/// What counts as one address: of the longer ones the half that a household or a company has to itself.
fn network(address: IpAddr) -> u128 {
    match address.to_canonical() {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits() >> 64 << 64,
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv6Addr;

    use super::*;

    #[test]
    fn an_address_sends_a_few_at_once_and_then_waits() {
        let (visitors, now) = (Visitors::default(), Instant::now());
        let one = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));
        for _ in 0..5 {
            assert_eq!(visitors.admit(Sent::Comment, one, now), Ok(()));
        }
        assert_eq!(visitors.admit(Sent::Link, one, now), Ok(()), "what else is sent has a measure of its own");
        assert_eq!(visitors.admit(Sent::Comment, one, now), Err(Duration::from_secs(120)));
        assert_eq!(visitors.admit(Sent::Comment, IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2)), now), Ok(()));
        assert_eq!(visitors.admit(Sent::Comment, one, now + Duration::from_secs(121)), Ok(()));
        assert!(visitors.admit(Sent::Comment, one, now + Duration::from_secs(122)).is_err());
    }

    #[test]
    fn a_network_counts_as_one_address() {
        let (visitors, now) = (Visitors::default(), Instant::now());
        let host = |host: u16| IpAddr::V6(Ipv6Addr::new(0x2001, 0xDB8, 1, 1, 0, 0, 0, host));
        let sent = (0..100).filter(|number| visitors.admit(Sent::Comment, host(*number), now).is_ok()).count();
        assert_eq!(sent, 5);
    }

    #[test]
    fn a_flood_from_everywhere_is_held_back_and_takes_no_more_room() {
        let (visitors, now) = (Visitors::default(), Instant::now());
        let sent = (0..200_000_u32)
            .filter(|number| visitors.admit(Sent::Comment, IpAddr::V4((*number).into()), now).is_ok())
            .count();
        assert_eq!(sent, 100);
        let seats = visitors.comments.lock().expect("nobody panicked");
        assert_eq!((seats.0.len(), seats.0.capacity()), (SEATS, SEATS));
    }
}
