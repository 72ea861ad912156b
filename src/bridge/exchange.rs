//! Hands large objects to the audio thread and takes them back, so that they are made and dropped elsewhere.
//!
//! At most a fixed number of objects is on the way or in use at once; a sender that finds no room keeps its object and
//! tries again later. The way back therefore always has room, and the audio thread never waits and never drops.

use rtrb::{Consumer, Producer, RingBuffer};

/// A pair for at most `most` objects at a time.
pub fn exchange<T: Send>(most: usize) -> (ExchangeSender<T>, ExchangeReceiver<T>) {
    let (to_audio, incoming) = RingBuffer::new(most);
    let (outgoing, from_audio) = RingBuffer::new(most);
    (ExchangeSender { to_audio, from_audio, lent: 0, most }, ExchangeReceiver { incoming, outgoing })
}

/// The half that makes objects and drops them; any one thread but the audio thread.
pub struct ExchangeSender<T: Send> {
    to_audio: Producer<Box<T>>,
    from_audio: Consumer<Box<T>>,
    lent: usize,
    most: usize,
}

impl<T: Send> ExchangeSender<T> {
    /// Sends an object, after dropping what has come back.
    ///
    /// # Errors
    /// Gives the object back when as many as possible are on the way or in use.
    pub fn send(&mut self, object: Box<T>) -> Result<(), Box<T>> {
        self.collect();
        if self.lent == self.most {
            return Err(object);
        }
        self.lent += 1;
        self.to_audio.push(object).map_err(|rtrb::PushError::Full(object)| object)
    }

    /// Drops what has come back.
    pub fn collect(&mut self) {
        while let Ok(object) = self.from_audio.pop() {
            drop(object);
            self.lent -= 1;
        }
    }

    /// Objects that the other side has, or that are on the way.
    pub fn lent(&self) -> usize {
        self.lent
    }
}

/// The half of the audio thread.
pub struct ExchangeReceiver<T: Send> {
    incoming: Consumer<Box<T>>,
    outgoing: Producer<Box<T>>,
}

impl<T: Send> ExchangeReceiver<T> {
    /// The next object, if one has arrived.
    pub fn receive(&mut self) -> Option<Box<T>> {
        self.incoming.pop().ok()
    }

    /// Gives an object back to be dropped. It must be one that was received here.
    pub fn give_back(&mut self, object: Box<T>) {
        if let Err(rtrb::PushError::Full(object)) = self.outgoing.push(object) {
            // There is room for every object that was ever lent; leaking one would still be better than dropping it here.
            std::mem::forget(object);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn objects_return_to_the_sender_to_be_dropped() {
        let (mut sender, mut receiver) = exchange(2);
        let witness = Arc::new(());
        assert!(sender.send(Box::new(witness.clone())).is_ok());
        assert!(sender.send(Box::new(witness.clone())).is_ok());
        assert!(sender.send(Box::new(witness.clone())).is_err(), "no room for a third");
        let first = receiver.receive().unwrap();
        assert!(sender.send(Box::new(witness.clone())).is_err(), "still in use");
        receiver.give_back(first);
        assert_eq!(Arc::strong_count(&witness), 3, "nothing is dropped on the audio side");
        assert!(sender.send(Box::new(witness.clone())).is_ok());
        assert_eq!(Arc::strong_count(&witness), 3);
        drop((sender, receiver));
        assert_eq!(Arc::strong_count(&witness), 1);
    }
}
