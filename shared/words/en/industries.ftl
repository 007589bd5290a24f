# The bundled industries, as in the file that ingest loads them from.

industry-semiconductors = Semiconductors
industry-ai = Artificial intelligence
industry-software = Software and cloud
industry-internet = Internet platforms
industry-electronics = Consumer electronics
industry-games = Games
industry-entertainment = Media and entertainment
industry-blockchain = Blockchain
industry-payments = Payments and fintech
industry-banks = Banks
industry-insurance = Insurance
industry-batteries = Batteries
industry-cars = Cars and electric vehicles
industry-energy = Oil and gas
industry-nuclear-power = Electricity and nuclear power
industry-biotech = Biotechnology
industry-pharma = Pharmaceuticals and health
industry-defence = Defence and aerospace
industry-shipbuilding = Shipbuilding and shipping
industry-materials = Steel, chemicals and materials
industry-gold = Gold and precious metals
industry-retail = Retail and consumer goods
industry-telecom = Telecommunications
industry-robotics = Robotics
