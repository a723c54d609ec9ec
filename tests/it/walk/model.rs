//! What is to be expected of a sign-in, in forty lines: no database, no hashes, no HTTP.

use weida::core::signin::Status;

/// A session as the model knows it.
#[derive(Debug, Clone)]
pub struct Session {
    pub is_register: bool,
    pub expires_at: i64,
    pub status: Status,
    /// Whose phone was there.
    pub person: Option<usize>,
    pub guesses: u32,
    pub is_collected: bool,
}

/// What is to be expected. Persons are 0 and 1; codes are those of the chat.
#[derive(Debug, Default)]
pub struct Model {
    pub now: i64,
    pub sessions: Vec<Session>,
    pub codes: [Option<(String, i64)>; 2],
    pub has_account: [bool; 2],
}

impl Model {
    fn is_live(&self, s: usize) -> bool {
        !self.sessions[s].status.is_final() && self.sessions[s].expires_at > self.now
    }

    pub fn shown(&self, s: usize) -> Status {
        let session = &self.sessions[s];
        if !session.status.is_final() && session.expires_at <= self.now { Status::Expired } else { session.status }
    }

    pub fn refuse(&mut self, person: usize) {
        for s in 0..self.sessions.len() {
            if self.is_live(s) && self.sessions[s].status == Status::Scanned && self.sessions[s].person == Some(person)
            {
                self.sessions[s].status = Status::Refused;
            }
        }
    }

    fn finish(&mut self, s: usize, person: usize) {
        let is_over = self.sessions[s].is_register && self.has_account[person];
        self.sessions[s].status = if is_over { Status::Error } else { Status::Success };
        self.sessions[s].person = Some(person);
        self.has_account[person] = true;
    }

    /// A scan, or the page's code sent.
    pub fn meet(&mut self, s: usize, person: usize) {
        if !self.is_live(s) || self.sessions[s].status != Status::Waiting {
            return;
        }
        if self.sessions[s].is_register {
            return self.finish(s, person);
        }
        self.refuse(person);
        (self.sessions[s].status, self.sessions[s].person) = (Status::Scanned, Some(person));
    }

    pub fn confirm(&mut self, person: usize) {
        let is_asked = |s: &usize| {
            self.is_live(*s) && self.sessions[*s].status == Status::Scanned && self.sessions[*s].person == Some(person)
        };
        if let Some(s) = (0..self.sessions.len()).find(is_asked) {
            self.finish(s, person);
        }
    }

    /// Digits typed into the page; true where they let in.
    pub fn type_code(&mut self, s: usize, digits: &str) -> bool {
        if !self.is_live(s) || self.sessions[s].guesses >= 5 {
            return false;
        }
        self.sessions[s].guesses += 1;
        let is_good = |c: &Option<(String, i64)>| c.as_ref().is_some_and(|(d, until)| d == digits && *until > self.now);
        let Some(person) = self.codes.iter().position(is_good) else {
            if self.sessions[s].guesses == 5 {
                self.sessions[s].status = Status::Error;
            }
            return false;
        };
        self.codes[person] = None;
        if self.sessions[s].status == Status::Scanned && self.sessions[s].person != Some(person) {
            return false;
        }
        self.finish(s, person);
        self.sessions[s].status == Status::Success
    }

    pub fn collect(&mut self, s: usize) -> Option<usize> {
        let session = &mut self.sessions[s];
        let may = session.status == Status::Success && !session.is_collected && session.expires_at > self.now;
        session.is_collected |= may;
        session.person.filter(|_| may)
    }
}
