mod echo;
mod fault;
mod revision;
mod slow;
